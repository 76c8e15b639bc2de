// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDue = 10min;

/// Credential 1 is in hand, and due this moment.
struct DueScene : Scene {
  explicit DueScene(Duration patience = 1s)
      : Scene({.root = {}, .refresh = {.due = {}, .patience = patience}}) {
    begin_with();
    clock.advance(kDue);
  }
};

TEST(FilesystemRefresh, UntilItIsDueNothingIsAsked) {
  Scene scene;
  scene.begin_with();
  for (Duration at = 0s; at < kDue; at += 1s) {
    ASSERT_EQ(read_file(scene), "STS.id-1");
    scene.clock.advance(1s);
  }
  EXPECT_EQ(scene.flights, 0);
}

TEST(FilesystemRefresh, WhenItIsDueALookupAnswersAtOnceWithTheNextGeneration) {
  DueScene scene;
  const auto entry = scene.filesystem.lookup(kRoot, "AccessKeyId", owner());
  EXPECT_EQ(entry->inode, InodeNumber(GenerationId{2}, Place{2}));
  EXPECT_EQ(entry->timeout, Duration::zero());
  EXPECT_EQ(entry->attributes.timeout, Duration::zero());
  EXPECT_EQ(scene.flights, 0);
  EXPECT_TRUE(std::holds_alternative<Park>(scene.filesystem.getattr(entry->inode, owner())));
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, TheFirstReadAfterItIsDueGetsTheNewCredential) {
  DueScene scene;
  Reader reader(scene, owner(), "SecurityToken");
  EXPECT_EQ(reader.go(), "parked");
  scene.land(2);
  EXPECT_EQ(reader.go(), "token-2");
  EXPECT_EQ(reader.inode(), InodeNumber(GenerationId{2}, Place{7}));
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, TheSameCredentialSendsTheReaderBackToTheOldInode) {
  DueScene scene;
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  scene.land(1);
  EXPECT_EQ(reader.go(), "STS.id-1");
  EXPECT_EQ(reader.inode(), InodeNumber(GenerationId{1}, Place{2}));
  EXPECT_EQ(read_file(scene, "AccessKeyId", 2), "STS.id-1");
  EXPECT_EQ(scene.flights, 1) << "confirmed: not due any more";
}

TEST(FilesystemRefresh, InTheLastHalfHourTheSameCredentialIsAskedForOnceAMinute) {
  Scene scene;
  scene.begin_with(1, 20min);  // a short life: due in its second half
  scene.clock.advance(10min);
  for (int minute = 0; minute < 5; ++minute) {
    Reader reader(scene, owner());
    EXPECT_EQ(reader.go(), "parked") << minute;
    scene.land(1, 20min);
    EXPECT_EQ(reader.go(), "STS.id-1");
    for (int second = 0; second < 60; ++second) {
      EXPECT_EQ(read_file(scene), "STS.id-1") << minute << ":" << second;
      scene.clock.advance(1s);
    }
  }
  EXPECT_EQ(scene.flights, 5);
}

TEST(FilesystemRefresh, PatienceIsCountedFromTheFlightsStart) {
  DueScene scene;
  Reader first(scene, owner(1));
  EXPECT_EQ(first.go(), "parked");
  scene.clock.advance(900ms);
  Reader second(scene, owner(2));
  EXPECT_EQ(second.go(), "parked");
  EXPECT_EQ(in_seconds(scene.filesystem.wake_at(true).value() - kStart), in_seconds(kDue + 1s));
  scene.clock.advance(100ms);
  EXPECT_EQ(first.go(), "STS.id-1");
  EXPECT_EQ(second.go(), "STS.id-1");
  EXPECT_EQ(read_file(scene, "AccessKeyId", 3), "STS.id-1") << "nor does a newcomer wait";
  EXPECT_EQ(scene.flights, 1);

  scene.land(2);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 4), "STS.id-2") << "it was late, not lost";
}

TEST(FilesystemRefresh, AfterAFailedFlightTheNextOnesRunBehindTheReadersBacks) {
  DueScene scene;
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  scene.fail(Cause::unavailable);
  EXPECT_EQ(reader.go(), "STS.id-1");
  for (int second = 0; second < 600; ++second) {
    scene.clock.advance(1s);
    const int before = scene.flights;
    ASSERT_EQ(read_file(scene, "AccessKeyId", second + 2), "STS.id-1");
    if (scene.flights != before) scene.fail(Cause::unavailable);
  }
  EXPECT_GE(scene.flights, 600 / 60);
  EXPECT_LE(scene.flights, 600 / 30 + 7);

  while (scene.flights < 1000) {  // until one is under way
    scene.clock.advance(1s);
    const int before = scene.flights;
    read_file(scene, "AccessKeyId", 9999);
    if (scene.flights != before) break;
  }
  scene.land(2);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 10000), "STS.id-2");
}

TEST(FilesystemRefresh, AForbiddenCallerGetsWhatIsThereForThisOnce) {
  DueScene scene;
  const auto entry = scene.filesystem.lookup(kRoot, "AccessKeyId", stranger());
  EXPECT_EQ(entry->inode.generation(), GenerationId{1});
  EXPECT_EQ(entry->timeout, Duration::zero()) << "else who may read would not be seen";
  EXPECT_EQ(scene.flights, 0);
  // Should it come to the door that was opened for somebody else:
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  const auto answer = scene.filesystem.getattr(*reader.inode(), stranger());
  EXPECT_EQ(words(std::get<Errno>(answer)), "ESTALE");
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, AForbiddenCallerStartsNothingBehindTheReadersBacksEither) {
  DueScene scene;
  Reader reader(scene, owner());
  reader.go();
  scene.fail(Cause::unavailable);
  reader.go();
  scene.clock.advance(1s);
  const auto entry = scene.filesystem.lookup(kRoot, "AccessKeyId", stranger());
  EXPECT_EQ(entry->timeout, Duration::zero());
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, AnInterruptIsAnsweredWithTheCredentialInHand) {
  DueScene scene;
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(reader.interrupt(), "STS.id-1");
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, AThreadThatWasSentBackGetsTheOneInHandThoughItIsDueStill) {
  DueScene scene(/*patience=*/60s);
  ASSERT_EQ(words(scene.filesystem.interrupted(owner(7))), "ESTALE");
  const auto again = scene.filesystem.lookup(kRoot, "AccessKeyId", owner(7));
  EXPECT_EQ(again->inode.generation(), GenerationId{1});
  EXPECT_EQ(again->timeout, Duration::zero());
  const auto another = scene.filesystem.lookup(kRoot, "AccessKeyId", owner(8));
  EXPECT_EQ(another->inode.generation(), GenerationId{2}) << "nobody else is hurried";
  scene.clock.advance(1s);
  const auto later = scene.filesystem.lookup(kRoot, "AccessKeyId", owner(7));
  EXPECT_EQ(later->inode.generation(), GenerationId{2}) << "and not for long";
}

TEST(FilesystemRefresh, HoweverTheWaitEndsTheKernelIsSentBackOnceOnly) {
  // It takes a second ESTALE to the reader (LOOKUP_REVAL in fs/namei.c).
  const std::pair<const char*, std::function<void(Scene&)>> rows[] = {
      {"the same credential", [](Scene& scene) { scene.land(1); }},
      {"a failure", [](Scene& scene) { scene.fail(Cause::unavailable); }},
      {"one that will not pass", [](Scene& scene) { scene.fail(Cause::no_role); }},
      {"patience is over", [](Scene& scene) { scene.clock.advance(1s); }},
  };
  for (const auto& [name, happens] : rows) {
    SCOPED_TRACE(name);
    DueScene scene;
    Reader reader(scene, owner());
    EXPECT_EQ(reader.go(), "parked");
    happens(scene);
    EXPECT_EQ(reader.go(), "STS.id-1");
    EXPECT_EQ(reader.go(), "STS.id-1") << "and the next time it opens it";
  }
}

TEST(FilesystemRefresh, WhoHasNothingButAnInodeStartsAFlightAndWaitsForNone) {
  DueScene scene;
  const InodeNumber held(GenerationId{1}, Place{2});
  EXPECT_TRUE(std::holds_alternative<Attributes>(scene.filesystem.getattr(held, stranger())));
  EXPECT_EQ(scene.flights, 0) << "a stranger";
  EXPECT_TRUE(std::holds_alternative<Attributes>(scene.filesystem.getattr(held, owner())));
  EXPECT_EQ(read_inode(scene, held), "STS.id-1");
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemRefresh, AFlightThatTakesLongerThanMaxAgeKeepsNobodyLongerThanPatience) {
  Scene scene({.root = {}, .refresh = {.due = {30min, 1ms}}});
  scene.begin_with();
  scene.clock.advance(1s);
  Reader reader(scene, owner());
  const SteadyTime came = scene.clock.steady();
  while (reader.go() == "parked" && scene.clock.steady() < came + 10s) {
    scene.clock.advance(100ms);
    scene.land(1);
  }
  EXPECT_LE(in_seconds(scene.clock.steady() - came), 1);
}

TEST(FilesystemRefresh, WithoutLastUpdatedTheLifeIsStillTheWholeOne) {
  Scene scene;
  scene.begin_with();
  scene.clock.advance(5h + 30min);
  for (Duration left = 30min; left > 1min; left -= 1s) {
    Reader reader(scene, owner());
    if (reader.go() == "parked") {
      Credential same = make_credential();  // as the client reads it: of the fetch
      same.last_updated = kStartOfWall + kWholeLife - std::chrono::ceil<std::chrono::seconds>(left);
      scene.filesystem.landed(Fetched{same, scene.clock.steady(), kStart + kWholeLife, {}});
      EXPECT_EQ(reader.go(), "STS.id-1");
    }
    scene.clock.advance(1s);
  }
  EXPECT_GE(scene.flights, 25) << "a newer one would be seen late";
}

}  // namespace
}  // namespace ramrolefs::unit
