// SPDX-License-Identifier: Apache-2.0
// Inodes that somebody holds without a name: an open file, a file that is bind-mounted alone.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

InodeNumber hold(Scene& scene, const std::string& name = "AccessKeyId") {
  return scene.filesystem.lookup(kRoot, name, owner())->inode;
}

/// As the kernel reads a file that it holds, once the attributes are out of date: GETATTR, READ.
std::string reread(Scene& scene, InodeNumber inode) {
  const auto answer = scene.filesystem.getattr(inode, owner());
  if (const auto* error = std::get_if<Errno>(&answer)) return words(*error);
  if (std::holds_alternative<Park>(answer)) return "parked";
  const auto& attributes = std::get<Attributes>(answer);
  EXPECT_EQ(attributes.stat.st_ino, inode.raw()) << "it stays the same inode";
  std::string bytes = read_inode(scene, inode);
  EXPECT_EQ(static_cast<std::size_t>(attributes.stat.st_size), bytes.size());
  return bytes;
}

TEST(Follow, AMinuteAfterItsGenerationWasSupersededAnInodeShowsTheCurrentOne) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  scene.rotate(2);
  scene.clock.advance(1min - 1ns);
  EXPECT_EQ(reread(scene, held), "STS.id-1");
  scene.clock.advance(1ns);
  EXPECT_EQ(reread(scene, held), "STS.id-2");
  scene.rotate(10);
  EXPECT_EQ(reread(scene, held), "STS.id-10") << "the next ones at once, and of another size";
}

TEST(Follow, TheKernelIsToldNothingThatLastsLongerThanUntilThen) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  scene.rotate(2);
  scene.clock.advance(1min - 500ms);
  const auto attributes = std::get<Attributes>(scene.filesystem.getattr(held, owner()));
  EXPECT_LE(in_seconds(attributes.timeout), 0.5);
}

TEST(Follow, TheTimeStampTellsTheKernelToDropItsPages) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  const auto mtime = [&] {
    return std::get<Attributes>(scene.filesystem.getattr(held, owner())).stat.st_mtim;
  };
  const timespec before = mtime();
  scene.rotate(2);
  scene.clock.advance(1min);
  EXPECT_NE(mtime().tv_nsec, before.tv_nsec);
}

TEST(Follow, AReadIsOfTheGenerationThatGetattrToldLast) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  scene.rotate(2);
  scene.clock.advance(1min);
  EXPECT_EQ(read_inode(scene, held), "STS.id-1") << "whose size the kernel knows";
  EXPECT_EQ(reread(scene, held), "STS.id-2");
  scene.rotate(3);
  EXPECT_EQ(read_inode(scene, held), "STS.id-2");
}

TEST(Follow, TheOldBytesAreWipedSomeSecondsLater) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  scene.rotate(2);
  scene.clock.advance(1min);
  scene.filesystem.tick();
  const SteadyTime at = scene.filesystem.wake_at(false).value();
  EXPECT_EQ(in_seconds(at - scene.clock.steady()), in_seconds(Generations::kLinger));
  scene.clock.advance(Generations::kLinger);
  scene.filesystem.tick();
  EXPECT_EQ(read_inode(scene, held), "ESTALE");
  EXPECT_EQ(reread(scene, held), "STS.id-2");
}

TEST(Follow, WaitsForTheLastSweepThatMayBeOfTheOldGeneration) {
  Filesystem::Options options;
  options.follow_after = 0s;
  options.read_window = 5s;
  Scene scene(options);
  scene.begin_with(1, 1000h);
  const InodeNumber held = hold(scene);
  scene.rotate(2);
  scene.clock.advance(55s - 1ns);
  EXPECT_EQ(reread(scene, held), "STS.id-1");
  scene.clock.advance(1ns);
  EXPECT_EQ(reread(scene, held), "STS.id-2");
}

TEST(Follow, WhoHasNothingButAnInodeWaitsForACredentialOnceItsOwnHasExpired) {
  Scene scene;
  scene.begin_with(1, 100s);
  const InodeNumber held = hold(scene);
  scene.clock.advance(100s);
  EXPECT_EQ(reread(scene, held), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.land(2, 1000h);
  EXPECT_EQ(reread(scene, held), "STS.id-2") << "an expired one is followed at once";
}

TEST(Follow, AStrangerStartsNothing) {
  Scene scene;
  scene.begin_with(1, 100s);
  const InodeNumber held = hold(scene);
  scene.clock.advance(100s);
  const auto answer = scene.filesystem.getattr(held, stranger());
  ASSERT_TRUE(std::holds_alternative<Attributes>(answer));
  EXPECT_EQ(std::get<Attributes>(answer).timeout, Duration::zero());
  EXPECT_EQ(scene.flights, 0);
}

TEST(Follow, AFileThatHoldsTheSameStaysTheSameInode) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber role = hold(scene, "RoleName");
  scene.rotate(2);
  EXPECT_EQ(hold(scene, "RoleName"), role);
  EXPECT_EQ(reread(scene, role), "a-role");
}

TEST(Follow, WhoWaitedForAFileThatTurnsOutToBeTheSameGetsThat) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber role = hold(scene, "RoleName");
  scene.clock.advance(10min);
  Reader reader(scene, owner(3), "RoleName");
  ASSERT_EQ(reader.go(), "parked");
  scene.land(2, 1000h);
  EXPECT_EQ(reader.go(), "a-role");
  EXPECT_EQ(reader.inode(), role);
}

TEST(Follow, NothingIsKeptOfAnInodeThatTheKernelHasForgotten) {
  Followers followers;
  const InodeNumber inode(GenerationId{1}, Place{2});
  followers.tell(inode, GenerationId{2});
  EXPECT_EQ(followers.told(inode), GenerationId{2});
  followers.forget(inode);
  EXPECT_EQ(followers.told(inode), std::nullopt);
  for (std::uint64_t raw = 0; raw < 3 * Followers::kMost; ++raw) {
    followers.tell(InodeNumber(raw), GenerationId{2});
    ASSERT_LE(followers.size(), Followers::kMost);
  }
}

}  // namespace
}  // namespace ramrolefs::unit
