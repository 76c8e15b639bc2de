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
  const InodeNumber inode = inode_of(scene);
  const auto snapshot = scene.filesystem.snapshot();
  scene.memory.bytes.bytes()[GenerationMemory::offset(GenerationMemory::Slot{0}) + 400] ^=
      std::byte{1};
  EXPECT_TRUE(scene.filesystem.take_over(snapshot));
  EXPECT_EQ(scene.filesystem.summary(), "no credential");
  EXPECT_EQ(read_inode(scene, inode), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.land();
  EXPECT_EQ(read_inode(scene, inode), "STS.id-1");
}

TEST(Takeover, WithAnotherEndOfLinesTheCredentialInHandIsPublishedAnew) {
  Scene scene;
  scene.filesystem.announcer_begins(kAnnouncer);
  scene.begin_with(1, 1000h);
  const InodeNumber before = inode_of(scene);
  Filesystem::Options options = owned({});
  options.root.newline = true;
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), options));
  EXPECT_EQ(read_file(scene, "SecurityToken"), "token-1") << "who is in a set";
  scene.clock.advance(5s);
  EXPECT_EQ(read_file(scene), "STS.id-1\n");
  EXPECT_EQ(inode_of(scene).generation(), GenerationId{2});
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

}  // namespace
}  // namespace ramrolefs::unit
