// SPDX-License-Identifier: Apache-2.0
// When a rotation is announced, and what names stand for meanwhile.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

struct AnnouncedScene : Scene {
  AnnouncedScene() {
    filesystem.announcer_begins(kAnnouncer);
    begin_with(1, 1000h);
  }

  std::string resolved(const std::string& name, pid_t thread = kAnnouncer) {
    const auto entry = filesystem.lookup(kRoot, name, owner(thread));
    if (!entry) return words(entry.error());
    return std::to_string(static_cast<std::uint64_t>(entry->inode.generation()));
  }
  std::string renamed(const Rename& rename, pid_t thread = kAnnouncer) {
    const Errno error = filesystem.rename(kRoot, rename.from, kRoot, rename.to, thread);
    return error == Errno{0} ? "done" : words(error);
  }
};

TEST(FilesystemAnnounce, ARotationIsAnnouncedOnceTheLastSweepOfTheOldGenerationHasEnded) {
  AnnouncedScene scene;
  scene.clock.advance(10min - 1s);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 7), "STS.id-1");
  scene.rotate(2, 1s);
  EXPECT_TRUE(scene.filesystem.to_announce().empty());
  const SteadyTime at = scene.filesystem.wake_at(false).value();
  EXPECT_EQ(in_seconds(at - scene.clock.steady()), 4);
  scene.clock.advance(at - scene.clock.steady());
  EXPECT_EQ(scene.filesystem.to_announce().size(), 8U);
  EXPECT_TRUE(scene.filesystem.to_announce().empty()) << "once";
}

TEST(FilesystemAnnounce, NamesAreTheOldAndTheNewInodeForTheAnnouncerAndTheNewestForOthers) {
  AnnouncedScene scene;
  scene.rotate(2);
  const auto renames = scene.filesystem.to_announce();
  ASSERT_FALSE(renames.empty());
  EXPECT_EQ(scene.resolved("AccessKeyId"), "1");
  EXPECT_EQ(scene.resolved(".AccessKeyId.2"), "2");
  EXPECT_EQ(scene.resolved("no-such"), "ENOENT");
  EXPECT_EQ(scene.resolved("AccessKeyId", 7), "2");
  EXPECT_EQ(scene.resolved(".AccessKeyId.2", 7), "ENOENT");
  const auto names = scene.filesystem.list(kRoot);
  for (const auto& name : *names) {
    EXPECT_TRUE(name.name[0] != '.' || name.type == S_IFDIR) << name.name;
  }
  EXPECT_EQ(scene.renamed(renames.back(), 7), "EROFS") << "by somebody else";
  EXPECT_EQ(scene.renamed(renames.back()), "done");
  EXPECT_EQ(scene.resolved("AccessKeyId"), "2");
}

TEST(FilesystemAnnounce, TheKernelRemembersNoNameUntilItIsAnnounced) {
  AnnouncedScene scene;
  scene.rotate(2);
  const auto timeout = [&] {
    return in_seconds(scene.filesystem.lookup(kRoot, "AccessKeyId", owner(7))->timeout);
  };
  const auto renames = scene.filesystem.to_announce();
  for (std::size_t i = 0; i < renames.size(); ++i) {
    EXPECT_EQ(timeout(), 0) << "it would take both names for one inode, and rename nothing";
    scene.filesystem.announced(renames[i].generation, renames[i].seat);
  }
  EXPECT_EQ(timeout(), 1);
}

TEST(FilesystemAnnounce, TheAnnouncerIsNoReader) {
  AnnouncedScene scene;
  scene.rotate(2);
  scene.filesystem.to_announce();
  scene.clock.advance(10min);
  scene.resolved("AccessKeyId");
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemAnnounce, AttributesForTheAnnouncerAreThoseThatTheKernelHas) {
  AnnouncedScene scene;
  scene.rotate(10);
  scene.filesystem.to_announce();
  const auto visible = scene.filesystem.lookup(kRoot, "AccessKeyId", owner(kAnnouncer));
  const auto hidden = scene.filesystem.lookup(kRoot, ".AccessKeyId.2", owner(kAnnouncer));
  EXPECT_EQ(visible->attributes.stat.st_size, 8) << "whoever reads the old one reads on";
  EXPECT_EQ(hidden->attributes.stat.st_size, 9);
}

TEST(FilesystemAnnounce, WithoutAnAnnouncerTheKernelMayRememberNamesAtOnce) {
  AnnouncedScene scene;
  scene.rotate(2);
  scene.filesystem.announcer_ended();
  EXPECT_EQ(in_seconds(scene.filesystem.lookup(kRoot, "AccessKeyId", owner(7))->timeout), 1);
  EXPECT_TRUE(scene.filesystem.to_announce().empty());
}

}  // namespace
}  // namespace ramrolefs::unit
