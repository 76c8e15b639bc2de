// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

/// It is due, somebody reads, and the flight brings that credential.
InodeNumber rotate(Scene& scene, int number, Duration end = 1000h) {
  scene.clock.advance(10min);
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  scene.land(number, end);
  EXPECT_EQ(reader.go(), "STS.id-" + std::to_string(number));
  return *reader.inode();
}

timespec mtime_of_root(Scene& scene) {
  return std::get<Attributes>(scene.filesystem.getattr(kRoot, owner())).stat.st_mtim;
}

std::string getattr_error(Scene& scene, InodeNumber inode) {
  const auto answer = scene.filesystem.getattr(inode, owner());
  const auto* error = std::get_if<Errno>(&answer);
  return error != nullptr ? words(*error) : "none";
}

TEST(FilesystemRotation, WhatIsOpenStaysReadableAndAsItWas) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber held = scene.filesystem.lookup(kRoot, "AccessKeyId", owner())->inode;
  rotate(scene, 2);
  EXPECT_EQ(read_inode(scene, held), "STS.id-1");
  const auto attributes = std::get<Attributes>(scene.filesystem.getattr(held, owner()));
  EXPECT_EQ(attributes.stat.st_ino, held.raw());
  EXPECT_EQ(attributes.stat.st_size, 8);
}

TEST(FilesystemRotation, OfAHundredGenerationsTheInodesOfTheOldOnesFollow) {
  Scene scene;
  scene.begin_with(1, 1000h);
  std::vector<InodeNumber> inodes;
  for (int number = 2; number <= 101; ++number) inodes.push_back(rotate(scene, number));
  scene.clock.advance(1min);
  for (const InodeNumber inode : inodes) {
    EXPECT_EQ(getattr_error(scene, inode), "none");
    EXPECT_EQ(read_inode(scene, inode), "STS.id-101");
  }
  EXPECT_EQ(scene.flights, 100);
}

TEST(FilesystemRotation, NoPlaceIsGivenToAnotherName) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const auto first = scene.filesystem.lookup(kRoot, "SecurityToken", owner())->inode;
  rotate(scene, 2);
  const auto second = scene.filesystem.lookup(kRoot, "SecurityToken", owner())->inode;
  EXPECT_NE(first.generation(), second.generation());
  EXPECT_EQ(first.place(), second.place());
}

TEST(FilesystemRotation, AnExpiredCredentialIsNeverServed) {
  Scene scene;
  scene.begin_with(1, 100s);
  const auto inode = scene.filesystem.lookup(kRoot, "AccessKeyId", owner())->inode;
  scene.clock.advance(100s - 1ns);
  EXPECT_EQ(read_inode(scene, inode), "STS.id-1");
  scene.clock.advance(1ns);
  EXPECT_EQ(read_inode(scene, inode), "ESTALE");
  EXPECT_EQ(scene.filesystem.lookup(kRoot, "AccessKeyId", owner())->inode.generation(),
            GenerationId{2});
  EXPECT_EQ(scene.filesystem.lookup(kRoot, "AccessKeyId", stranger())->inode.generation(),
            GenerationId{2});

  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_TRUE(std::holds_alternative<Park>(scene.filesystem.getattr(inode, owner())));
  scene.fail(Cause::no_role);
  EXPECT_EQ(reader.go(), "ENOENT");
  EXPECT_EQ(getattr_error(scene, inode), "ENOENT") << "who holds it open";
}

TEST(FilesystemRotation, WhatExpiresWhileReadersWaitIsNotServedToThem) {
  Scene scene;
  scene.begin_with(1, 100s);
  scene.clock.advance(99500ms);
  Reader reader(scene, owner(1));
  Reader other(scene, owner(2));
  ASSERT_EQ(reader.go(), "parked");
  ASSERT_EQ(other.go(), "parked");
  EXPECT_EQ(in_seconds(scene.filesystem.wake_at(true).value() - kStart), 100);
  scene.clock.advance(500ms);
  EXPECT_EQ(reader.go(), "parked");
  scene.clock.advance(500ms);  // the patience is over, the credential too
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(other.interrupt(), "EINTR");
  scene.land(2);
  EXPECT_EQ(reader.go(), "STS.id-2");
}

TEST(FilesystemRotation, TheDirectorysTimeStampIsThatOfTheLastRotation) {
  Scene scene;
  const auto begin = kStartOfWall.time_since_epoch().count();
  EXPECT_EQ(mtime_of_root(scene).tv_sec, begin) << "of the mount";
  scene.begin_with(1, 1000h);
  rotate(scene, 2);
  EXPECT_EQ(mtime_of_root(scene).tv_sec, begin + 600);
  rotate(scene, 2);
  EXPECT_EQ(mtime_of_root(scene).tv_sec, begin + 600) << "the same credential is no rotation";
}

TEST(FilesystemRotation, TheSameCredentialChangesNoTimeStampAndNoInode) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const auto before = scene.filesystem.lookup(kRoot, "AccessKeyId", owner());
  rotate(scene, 1);
  const auto after = scene.filesystem.lookup(kRoot, "AccessKeyId", owner());
  EXPECT_EQ(after->inode, before->inode);
  EXPECT_EQ(after->attributes.stat.st_mtim.tv_sec, before->attributes.stat.st_mtim.tv_sec);
  EXPECT_EQ(after->attributes.stat.st_mtim.tv_nsec, before->attributes.stat.st_mtim.tv_nsec);
}

TEST(FilesystemRotation, AWallClockThatJumpsByYearsHarmsNobody) {
  for (const Duration jump : {Duration(24h * 365 * 5), Duration(-24h * 365 * 5)}) {
    Scene scene;
    scene.begin_with(1, 100s);
    scene.clock.set_wall(kStartOfWall + jump);
    EXPECT_EQ(read_file(scene), "STS.id-1");
    EXPECT_EQ(scene.flights, 0);
    scene.clock.advance(50s);
    EXPECT_EQ(read_file(scene), "parked") << "due when it would have been";
    scene.clock.advance(50s);
    Reader reader(scene, owner());
    EXPECT_EQ(reader.go(), "parked") << "and expired";
    scene.land(2);
    EXPECT_EQ(reader.go(), "STS.id-2");
  }
}

}  // namespace
}  // namespace ramrolefs::unit
