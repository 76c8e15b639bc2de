// SPDX-License-Identifier: Apache-2.0
// A process of another version takes over, which can't read what the last one saved.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

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

bool parks(Scene& scene, InodeNumber inode) {
  return std::holds_alternative<Park>(scene.filesystem.getattr(inode, owner()));
}

std::string stat_error(Scene& scene, InodeNumber inode) {
  const auto answer = scene.filesystem.getattr(inode, owner());
  if (std::holds_alternative<Park>(answer)) return "parked";
  const auto* error = std::get_if<Errno>(&answer);
  return error != nullptr ? words(*error) : "none";
}

TEST(TakeoverOfAnotherLayout, ALookupMadeBeforeAndAReadAfterItGoTogether) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.rotate(2);
  scene.flights = 0;
  const InodeNumber inode = inode_of(scene);
  const InodeNumber role = inode_of(scene, "RoleName");
  ASSERT_EQ(role.generation(), GenerationId{1}) << "it holds what it held before";
  take_over_without(scene);
  EXPECT_EQ(read_inode(scene, inode), "parked");
  EXPECT_EQ(read_inode(scene, role), "parked");
  EXPECT_EQ(scene.flights, 1);
  EXPECT_TRUE(scene.filesystem.wake_at(true)) << "whoever is parked is looked at again";
  scene.land(2, 1000h);
  EXPECT_EQ(read_inode(scene, inode), "STS.id-2");
  EXPECT_EQ(read_inode(scene, role), "a-role");
  EXPECT_EQ(inode_of(scene), inode) << "nothing has happened";
}

TEST(TakeoverOfAnotherLayout, AReadOfACredentialThatHasGoneIsStale) {
  Scene scene;
  scene.begin_with();
  const InodeNumber inode = inode_of(scene);
  const InodeNumber held = held_file(scene);
  take_over_without(scene);
  EXPECT_EQ(read_inode(scene, inode), "parked");
  scene.land(2, 1000h);
  EXPECT_EQ(read_inode(scene, inode), "ESTALE");
  EXPECT_EQ(read_inode(scene, held), "ESTALE");
  EXPECT_EQ(read_file(scene), "STS.id-2");
  EXPECT_EQ(inode_of(scene).generation(), GenerationId{2});
  EXPECT_EQ(stat_error(scene, inode), "none") << "it follows";
  EXPECT_EQ(read_inode(scene, inode), "STS.id-2");
}

TEST(TakeoverOfAnotherLayout, WhatWasToldAfterItHolds) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber old = inode_of(scene);
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
  const InodeNumber inode = inode_of(scene);
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
  const InodeNumber inode = inode_of(scene);
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

}  // namespace
}  // namespace ramrolefs::unit
