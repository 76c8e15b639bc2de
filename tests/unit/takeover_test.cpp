// SPDX-License-Identifier: Apache-2.0
// One process takes over from another. That it goes on with every story as if nothing had happened,
// the other tests say, if they are run with RAMROLEFS_TEST_KILL; here is what is special.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr pid_t kAnnouncer = 5;

/// Makes it whole again after something in it was changed.
void seal(std::vector<std::byte>& snapshot) {
  const auto body = std::span(snapshot).first(snapshot.size() - sizeof(std::uint64_t));
  const std::uint64_t checksum = checksum_of(body);
  std::memcpy(snapshot.data() + body.size(), &checksum, sizeof checksum);
}

/// Takes over as another version does, which can't read what the last one saved.
void take_over_without(Scene& scene) {
  auto snapshot = scene.filesystem.snapshot();
  snapshot.front() ^= std::byte{1};  // of the layout
  seal(snapshot);
  EXPECT_FALSE(scene.filesystem.take_over(snapshot));
}

/// The file in current/ that somebody has open.
InodeNumber held_file(Scene& scene) {
  const auto directory = scene.filesystem.lookup(kRoot, "current", owner())->inode;
  return scene.filesystem.lookup(directory, "AccessKeyId", owner())->inode;
}

InodeNumber file(Scene& scene, const std::string& name = "AccessKeyId") {
  return scene.filesystem.lookup(kRoot, name, owner())->inode;
}

bool parks(Scene& scene, InodeNumber inode) {
  return std::holds_alternative<Park>(scene.filesystem.getattr(inode, owner()));
}

std::string stat_error(Scene& scene, InodeNumber inode) {
  const auto answer = scene.filesystem.getattr(inode, owner());
  if (std::holds_alternative<Park>(answer)) return "parked";
  const auto* error = std::get_if<Errno>(&answer);
  return error != nullptr ? words(*error) : "none";
}

TEST(Takeover, AFlightThatWasUnderWayIsStartedAgainAndCountsFromItsFirstStart) {
  Scene scene;
  scene.begin_with();
  scene.clock.advance(10min);
  Reader reader(scene, owner());
  ASSERT_EQ(reader.go(), "parked");
  scene.clock.advance(900ms);
  int started = 0;
  Filesystem next(owned({}), scene.clock, scene.memory.generations, scene.memory.counter,
                  [&] { ++started; });
  const auto snapshot = scene.filesystem.snapshot();
  SnapshotReader saved(snapshot);
  ASSERT_TRUE(next.restore(saved));
  EXPECT_EQ(started, 0);
  next.resume();
  EXPECT_EQ(started, 1);
  ASSERT_TRUE(scene.filesystem.take_over());
  scene.clock.advance(100ms);
  EXPECT_EQ(reader.go(), "STS.id-1") << "patience is spent";
}

TEST(Takeover, ASnapshotThatIsCutOffIsNoneAndNothingOfItIsThere) {
  Scene scene;
  scene.begin_with();
  const auto snapshot = scene.filesystem.snapshot();
  for (std::size_t size = 0; size < snapshot.size(); ++size) {
    const std::vector<std::byte> part(snapshot.begin(),
                                      snapshot.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_FALSE(scene.filesystem.take_over(part)) << size;
    ASSERT_EQ(scene.filesystem.summary(), "no credential") << size;
  }
}

TEST(Takeover, ASnapshotOfNonsenseHarmsNobody) {
  Scene scene;
  scene.filesystem.announcer_begins(kAnnouncer);
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min - 1s);
  read_file(scene);
  scene.rotate(2, 1s);
  const auto snapshot = scene.filesystem.snapshot();
  std::mt19937 random(1);
  for (std::size_t at = 8; at < snapshot.size() - 8; ++at) {
    auto nonsense = snapshot;
    nonsense[at] = static_cast<std::byte>(random());
    seal(nonsense);
    Mortal filesystem(owned({}), scene.clock, scene.memory, [] {});
    if (!filesystem.take_over(nonsense)) {
      EXPECT_EQ(filesystem.summary(), "no credential");
    }
    filesystem.alive().tick();
    filesystem.alive().lookup(kRoot, "AccessKeyId", owner());
    filesystem.alive().to_announce();
  }
}

TEST(Takeover, ASpoiltGenerationIsFetchedOnceMore) {
  Scene scene;
  scene.begin_with();
  const InodeNumber inode = file(scene);
  const auto snapshot = scene.filesystem.snapshot();
  scene.memory.bytes.bytes()[400] ^= std::byte{1};
  EXPECT_TRUE(scene.filesystem.take_over(snapshot));
  EXPECT_EQ(scene.filesystem.summary(), "no credential");
  EXPECT_EQ(read_inode(scene, inode), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.land();
  EXPECT_EQ(read_inode(scene, inode), "STS.id-1");
}

TEST(TakeoverOfAnotherLayout, ALookupMadeBeforeAndAReadAfterItGoTogether) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.rotate(2);
  scene.flights = 0;
  const InodeNumber inode = file(scene);
  const InodeNumber role = file(scene, "RoleName");
  ASSERT_EQ(role.generation(), GenerationId{1}) << "it holds what it held before";
  take_over_without(scene);
  EXPECT_EQ(read_inode(scene, inode), "parked");
  EXPECT_EQ(read_inode(scene, role), "parked");
  EXPECT_EQ(scene.flights, 1);
  EXPECT_TRUE(scene.filesystem.wake_at(true)) << "whoever is parked is looked at again";
  scene.land(2, 1000h);
  EXPECT_EQ(read_inode(scene, inode), "STS.id-2");
  EXPECT_EQ(read_inode(scene, role), "a-role");
  EXPECT_EQ(file(scene), inode) << "nothing has happened";
}

TEST(TakeoverOfAnotherLayout, AReadOfACredentialThatHasGoneIsStale) {
  Scene scene;
  scene.begin_with();
  const InodeNumber inode = file(scene);
  const InodeNumber held = held_file(scene);
  take_over_without(scene);
  EXPECT_EQ(read_inode(scene, inode), "parked");
  scene.land(2, 1000h);
  EXPECT_EQ(read_inode(scene, inode), "ESTALE");
  EXPECT_EQ(read_inode(scene, held), "ESTALE");
  EXPECT_EQ(read_file(scene), "STS.id-2");
  EXPECT_EQ(file(scene).generation(), GenerationId{2});
  EXPECT_EQ(stat_error(scene, inode), "none") << "it follows";
  EXPECT_EQ(read_inode(scene, inode), "STS.id-2");
}

TEST(TakeoverOfAnotherLayout, WhatWasToldAfterItHolds) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber old = file(scene);
  scene.rotate(2);
  take_over_without(scene);
  EXPECT_TRUE(parks(scene, old));
  scene.land(2, 1000h);
  EXPECT_EQ(read_inode(scene, old), "STS.id-2") << "most likely, it was told of that one";
  scene.rotate(3);
  EXPECT_EQ(read_inode(scene, old), "STS.id-2") << "until it is told of another";
  EXPECT_EQ(stat_error(scene, old), "none");
  EXPECT_EQ(read_inode(scene, old), "STS.id-3");
}

TEST(TakeoverOfAnotherLayout, AFailureReachesAReadAsItsErrno) {
  Scene scene;
  scene.begin_with();
  const InodeNumber inode = file(scene);
  take_over_without(scene);
  ASSERT_EQ(read_inode(scene, inode), "parked");
  scene.fail(Cause::refused);
  EXPECT_EQ(read_inode(scene, inode), "parked") << "it may pass";
  scene.clock.advance(5s);
  EXPECT_EQ(read_inode(scene, inode), "ECONNREFUSED");
}

TEST(TakeoverOfAnotherLayout, WhoHoldsCurrentStaysInIt) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber directory = scene.filesystem.lookup(kRoot, "current", owner())->inode;
  const InodeNumber held = held_file(scene);
  take_over_without(scene);
  const auto entry = scene.filesystem.lookup(directory, "AccessKeyId", owner());
  ASSERT_TRUE(entry) << "a LOOKUP waits for nothing";
  EXPECT_EQ(entry->inode, held);
  EXPECT_EQ(entry->timeout, Duration::zero());
  EXPECT_EQ(scene.filesystem.list(directory)->back().inode.generation(), GenerationId{1});
  EXPECT_TRUE(parks(scene, directory));
  EXPECT_TRUE(parks(scene, held));
  EXPECT_EQ(read_inode(scene, held), "parked");
  scene.land(1, 1000h);
  EXPECT_EQ(stat_error(scene, held), "none");
  EXPECT_EQ(read_inode(scene, held), "STS.id-1");
  scene.rotate(2);
  scene.clock.advance(1h);
  scene.filesystem.tick();
  EXPECT_EQ(read_inode(scene, held), "STS.id-1") << "somebody may be in it since before";
}

TEST(TakeoverOfAnotherLayout, OneThatWasLostTwiceComesBackToo) {
  Scene scene;
  scene.begin_with();
  const InodeNumber inode = file(scene);
  take_over_without(scene);
  ASSERT_EQ(read_inode(scene, inode), "parked");
  EXPECT_TRUE(scene.filesystem.take_over());
  EXPECT_EQ(read_inode(scene, inode), "parked");
  take_over_without(scene);
  EXPECT_EQ(read_inode(scene, inode), "parked");
  scene.land();
  EXPECT_EQ(read_inode(scene, inode), "STS.id-1");
}

TEST(TakeoverOfAnotherLayout, ARotationInBetweenIsAnnouncedAndNoneIsNot) {
  for (const int number : {1, 2}) {
    Scene scene;
    scene.filesystem.announcer_begins(kAnnouncer);
    scene.begin_with(1, 1000h);
    take_over_without(scene);
    scene.filesystem.announcer_begins(kAnnouncer);
    read_file(scene);
    scene.land(number, 1000h);
    EXPECT_EQ(scene.filesystem.to_announce().empty(), number == 1);
    const auto visible = scene.filesystem.lookup(kRoot, "AccessKeyId", owner(kAnnouncer));
    ASSERT_TRUE(visible);
    EXPECT_EQ(visible->inode.generation(), GenerationId{1}) << "which watchers hold";
  }
}

TEST(Takeover, WithAnotherEndOfLinesTheCredentialInHandIsPublishedAnew) {
  Scene scene;
  scene.filesystem.announcer_begins(kAnnouncer);
  scene.begin_with(1, 1000h);
  const InodeNumber before = file(scene);
  Filesystem::Options options = owned({});
  options.newline = true;
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), options));
  EXPECT_EQ(read_file(scene, "SecurityToken"), "token-1") << "who is in a set";
  scene.clock.advance(5s);
  EXPECT_EQ(read_file(scene), "STS.id-1\n");
  EXPECT_EQ(file(scene).generation(), GenerationId{2});
  EXPECT_EQ(read_inode(scene, before), "STS.id-1") << "who has it open";
  EXPECT_EQ(scene.flights, 0);
  EXPECT_FALSE(scene.filesystem.to_announce().empty());
}

TEST(Takeover, WithAnotherRoleTheCredentialInHandIsSoonDue) {
  for (const auto& [role, due] : {std::pair{"a-role", false}, {"another-role", true}}) {
    Scene scene;
    scene.begin_with(1, 1000h);
    Filesystem::Options options = owned({});
    options.role = role;
    ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), options));
    EXPECT_EQ(read_file(scene, "AccessKeyId", 7), "STS.id-1");
    scene.clock.advance(3s);
    EXPECT_EQ(read_file(scene, "AccessKeySecret", 7), "secret-1");
    scene.clock.advance(3s);
    scene.filesystem.tick();
    EXPECT_EQ(scene.flights, 0) << "nobody reads";
    EXPECT_EQ(read_file(scene, "SecurityToken", 7), "token-1") << "no set is torn";
    EXPECT_EQ(read_file(scene, "AccessKeyId", 8), due ? "parked" : "STS.id-1") << role;
  }
}

TEST(Takeover, WithAnotherPolicyTheCredentialIsDueByThat) {
  Scene scene;
  scene.begin_with(1, 1000h);
  Filesystem::Options options = owned({});
  options.refresh.due.max_age = 1min;
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), options));
  scene.clock.advance(1min);
  EXPECT_EQ(read_file(scene), "parked");
}

TEST(Takeover, AnOutageIsNoPauseOfAReader) {
  for (const auto& [outage, secret] : {std::pair{0s, "secret-2"}, {20s, "secret-1"}}) {
    Scene scene;
    scene.begin_with(1, 1000h);
    scene.clock.advance(10min - 1s);
    EXPECT_EQ(read_file(scene, "AccessKeyId", 7), "STS.id-1");
    scene.rotate(2, 1s);
    scene.clock.advance(20s);
    ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), std::nullopt, outage));
    EXPECT_EQ(read_file(scene, "AccessKeySecret", 7), secret);
  }
}

TEST(Takeover, ALookupThatWasNotAnsweredComesAgainHoweverLateAndTearsNoSet) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min - 1s);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 7), "STS.id-1");
  scene.rotate(2, 1s);
  EXPECT_EQ(read_file(scene, "SecurityToken", 7), "token-1");
  scene.clock.advance(1s);
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), std::nullopt, 1s));
  EXPECT_EQ(read_file(scene, "SecurityToken", 7), "token-1");
}

/// A rotation, of which the announcer is told.
struct OrderedScene : Scene {
  OrderedScene() {
    filesystem.announcer_begins(kAnnouncer);
    begin_with(1, 1000h);
    rotate(2);
    renames = filesystem.to_announce();
  }
  std::string make(const Rename& rename, pid_t by = kAnnouncer) {
    return words_of(filesystem.rename(kRoot, rename.from, kRoot, rename.to, by));
  }
  static std::string words_of(Errno error) { return error == Errno{0} ? "done" : words(error); }
  std::string names() {
    std::string all;
    for (const Rename& rename : renames) all += rename.to + " ";
    return all;
  }
  bool remembers_names() {
    return filesystem.lookup(kRoot, "AccessKeyId", owner(7))->timeout > Duration::zero();
  }

  std::vector<Rename> renames;
};

TEST(TakeoverOfAnnouncements, WhatWasOrderedIsOrderedAgainButForWhatWasMade) {
  OrderedScene scene;
  ASSERT_EQ(scene.names(), "AccessKeySecret SecurityToken AccessKeyId ");
  EXPECT_EQ(scene.make(scene.renames[0]), "done");
  ASSERT_TRUE(scene.filesystem.take_over());
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), "SecurityToken AccessKeyId ");
  EXPECT_FALSE(scene.remembers_names());
  for (const Rename& rename : scene.renames) {
    EXPECT_EQ(scene.make(rename), "done");
    scene.filesystem.announced(rename.generation, rename.place);
  }
  EXPECT_TRUE(scene.remembers_names());
}

TEST(TakeoverOfAnnouncements, WhereAllWasMadeItIsOver) {
  OrderedScene scene;
  for (const Rename& rename : scene.renames) scene.make(rename);
  ASSERT_TRUE(scene.filesystem.take_over());
  EXPECT_TRUE(scene.filesystem.to_announce().empty());
  EXPECT_TRUE(scene.remembers_names());
}

TEST(TakeoverOfAnnouncements, ARenameThatWasNotAnsweredSucceedsOnceMoreEvenIfAllIsOver) {
  OrderedScene scene;
  for (const Rename& rename : scene.renames) scene.make(rename);
  ASSERT_TRUE(scene.filesystem.take_over());
  scene.filesystem.announcer_begins(kAnnouncer + 1);  // the first one has been killed in it
  EXPECT_EQ(scene.make(scene.renames.back()), "done") << "else no watcher is told";
  EXPECT_EQ(scene.make({".AccessKeyId.1", "AccessKeyId", GenerationId{1}, kAccessKeyId}), "EROFS");
}

TEST(TakeoverOfAnnouncements, AnotherAnnouncerGoesOnWhereTheLastOneEnded) {
  OrderedScene scene;
  scene.make(scene.renames[0]);
  scene.filesystem.announcer_begins(kAnnouncer + 1);
  EXPECT_EQ(scene.make(scene.renames[1]), "EROFS") << "that one is gone";
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), "SecurityToken AccessKeyId ");
  EXPECT_EQ(scene.make(scene.renames[0], kAnnouncer + 1), "done");
}

TEST(TakeoverOfAnnouncements, OrdersOfBeforeMayStillBeMadeMeanwhile) {
  OrderedScene scene;
  const auto first = scene.renames;
  ASSERT_TRUE(scene.filesystem.take_over());
  EXPECT_EQ(scene.make(first[0]), "done");
  scene.filesystem.announced(first[0].generation, first[0].place);
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), "SecurityToken AccessKeyId ");
  scene.filesystem.announced(first[0].generation, first[0].place);  // twice
  scene.filesystem.announced(GenerationId{1}, first[1].place);      // of another generation
  scene.filesystem.announced(first[0].generation, Place{99});       // of no file
  EXPECT_FALSE(scene.remembers_names());
  for (const Rename& rename : scene.renames) {
    scene.filesystem.announced(rename.generation, rename.place);
  }
  EXPECT_TRUE(scene.remembers_names());
  scene.filesystem.announced(first[1].generation, first[1].place);  // long over
}

TEST(TakeoverOfAnnouncements, GenerationsThatWaitAreNotLost) {
  OrderedScene scene;
  scene.rotate(3);
  ASSERT_TRUE(scene.filesystem.take_over());
  for (int generation = 2; generation <= 3; ++generation) {
    scene.renames = scene.filesystem.to_announce();
    ASSERT_EQ(scene.renames.size(), 3U) << generation;
    for (const Rename& rename : scene.renames) {
      EXPECT_EQ(rename.generation, GenerationId(generation));
      EXPECT_EQ(scene.make(rename), "done");
      scene.filesystem.announced(rename.generation, rename.place);
    }
  }
  EXPECT_TRUE(scene.remembers_names());
}

}  // namespace
}  // namespace ramrolefs::unit
