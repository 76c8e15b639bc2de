// SPDX-License-Identifier: Apache-2.0
// What is promised of the root is promised of a view.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr uid_t kPhp = 33;

Filesystem::Options with_views() {
  Filesystem::Options options;
  Contents php{.access = {kPhp, kPhp, 0400}, .newline = true};
  Contents least{.access = {kPhp, kPhp, 0400}, .files = {{"RoleName"}}};
  options.views = {{"least", least}, {"php", php}};
  options.mount_point = "/run/ramrole";
  return options;
}

Caller php(pid_t thread = 50) {
  Caller caller = owner(thread);
  caller.uid = caller.gid = kPhp;
  return caller;
}

struct Viewed : Scene {
  explicit Viewed(const Filesystem::Options& options = with_views()) : Scene(options) {
    filesystem.announcer_begins(kAnnouncer);
    begin_with(1, 1000h);
  }

  std::string read(const std::string& name, pid_t thread = 50) {
    return Reader(*this, php(thread), name).go();
  }
  InodeNumber directory(const std::string& name = "php") { return inode_of(*this, name); }
};

TEST(FilesystemViews, HaveTheSameCredentialUnderAnotherOwner) {
  Viewed scene;
  EXPECT_EQ(scene.read("php/AccessKeyId"), "STS.id-1\n");
  EXPECT_EQ(scene.read("least/RoleName"), "a-role");
  const auto entry = scene.filesystem.lookup(scene.directory(), "AccessKeyId", php());
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->attributes.stat.st_uid, kPhp);
  EXPECT_EQ(entry->attributes.stat.st_size, 9);
  EXPECT_EQ(scene.flights, 0);
  EXPECT_EQ(scene.filesystem.lookup(scene.directory("least"), "AccessKeyId", php()).error(),
            Errno{ENOENT});
}

TEST(FilesystemViews, AreListedByThoseWhoMayReadThem) {
  Viewed scene;
  EXPECT_TRUE(scene.filesystem.alive().may_list(scene.directory(), php()));
  EXPECT_FALSE(scene.filesystem.alive().may_list(kRoot, php()));
  EXPECT_FALSE(scene.filesystem.alive().may_list(scene.directory(), owner()));
  std::set<std::string> names;
  const auto listed = scene.filesystem.list(scene.directory("least"));
  ASSERT_TRUE(listed);
  for (const auto& name : *listed) {
    names.emplace(name.name);
  }
  EXPECT_EQ(names, (std::set<std::string>{".", "..", "RoleName", "current"}));
}

TEST(FilesystemViews, AReaderOfOneStartsTheFlightAndWaitsForIt) {
  Viewed scene;
  scene.clock.advance(10min);
  Reader reader(scene, php(), "php/AccessKeyId");
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.land(2, 1000h);
  EXPECT_EQ(reader.go(), "STS.id-2\n");
}

TEST(FilesystemViews, ASetOfOneIsNotTorn) {
  Viewed scene;
  scene.clock.advance(10min - 1s);
  EXPECT_EQ(scene.read("php/AccessKeyId"), "STS.id-1\n");
  scene.rotate(2, 1s);
  EXPECT_EQ(scene.read("php/SecurityToken"), "token-1\n");
  EXPECT_EQ(scene.read("php/SecurityToken", 51), "token-2\n") << "somebody else";
}

TEST(FilesystemViews, WhatIsHeldFollows) {
  Viewed scene;
  const auto held = scene.filesystem.lookup(scene.directory(), "AccessKeyId", php())->inode;
  scene.rotate(2);
  scene.clock.advance(61s);
  const auto told = scene.filesystem.getattr(held, php());
  ASSERT_TRUE(std::holds_alternative<Attributes>(told));
  EXPECT_EQ(read_inode(scene, held), "STS.id-2\n");
}

TEST(FilesystemViews, CurrentStaysWithItsGeneration) {
  Viewed scene;
  const auto current = scene.filesystem.lookup(scene.directory(), "current", php());
  ASSERT_TRUE(current);
  EXPECT_EQ(current->attributes.stat.st_uid, kPhp);
  scene.rotate(2);
  scene.clock.advance(10min);
  const auto file = scene.filesystem.lookup(current->inode, "AccessKeyId", php());
  ASSERT_TRUE(file);
  EXPECT_EQ(read_inode(scene, file->inode), "STS.id-1\n");
  const auto listed = scene.filesystem.list(current->inode);
  ASSERT_TRUE(listed);
  for (const auto& name : *listed) {
    EXPECT_EQ(name.inode.view(),
              name.name == ".." ? scene.directory().view() : current->inode.view());
  }
}

TEST(FilesystemViews, ARotationIsAnnouncedInEachAccessKeyIdLast) {
  Viewed scene;
  scene.rotate(2);
  const auto renames = scene.filesystem.to_announce();
  std::set<std::string> names;
  for (const Rename& rename : renames) {
    names.insert(rename.to);
    const auto slash = rename.to.find('/');
    const bool in_root = slash == std::string::npos;
    const InodeNumber parent = in_root ? kRoot : scene.directory(rename.to.substr(0, slash));
    const auto in_it = [&](const std::string& path) {
      return in_root ? path : path.substr(slash + 1);
    };
    const auto hidden = scene.filesystem.lookup(parent, in_it(rename.from), owner(kAnnouncer));
    const auto visible = scene.filesystem.lookup(parent, in_it(rename.to), owner(kAnnouncer));
    ASSERT_TRUE(hidden && visible) << rename.to;
    EXPECT_NE(hidden->inode, visible->inode);
    EXPECT_EQ(
        scene.filesystem.rename(parent, in_it(rename.from), parent, in_it(rename.to), kAnnouncer),
        Errno{0});
    scene.filesystem.announced(rename.generation, rename.seat);
  }
  EXPECT_TRUE(names.contains("AccessKeyId"));
  EXPECT_TRUE(names.contains("php/AccessKeyId"));
  EXPECT_FALSE(names.contains("least/RoleName")) << "which did not change";
  ASSERT_GE(renames.size(), 2U);
  EXPECT_NE(renames.back().to.find("AccessKeyId"), std::string::npos);
  EXPECT_TRUE(scene.filesystem.to_announce().empty());
}

TEST(FilesystemViews, ARenameFromOneIntoAnotherIsRefused) {
  Viewed scene;
  scene.rotate(2);
  const auto renames = scene.filesystem.to_announce();
  ASSERT_FALSE(renames.empty());
  EXPECT_EQ(scene.filesystem.rename(kRoot, ".AccessKeyId.2", scene.directory(), "AccessKeyId",
                                    kAnnouncer),
            Errno{EROFS});
}

TEST(FilesystemViews, OneThatIsGoneAtATakeoverTakesItsInodesAlongAndNoOthers) {
  Viewed scene;
  const auto held = scene.filesystem.lookup(scene.directory(), "AccessKeyId", php())->inode;
  const auto in_root = inode_of(scene, "AccessKeyId");
  auto options = owned(with_views());
  options.views.pop_back();
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), options));
  EXPECT_EQ(read_inode(scene, held), "ESTALE");
  EXPECT_EQ(read_inode(scene, in_root), "STS.id-1");
  ASSERT_TRUE(scene.filesystem.take_over(scene.filesystem.snapshot(), owned(with_views())));
  EXPECT_EQ(scene.read("php/AccessKeyId"), "STS.id-1\n");
  EXPECT_EQ(scene.directory().view(), held.view()) << "bound to its name";
}

TEST(FilesystemViews, ConfigJsonFollowsTheExternalJsonOfItsOwnDirectoryIfThereIsOne) {
  auto options = with_views();
  options.views.push_back({"short", {.access = {kPhp, kPhp, 0400}, .files = {{"config.json"}}}});
  Viewed scene(options);
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(read_file(scene, "config.json"), "cat /run/ramrole/external.json"));
  EXPECT_TRUE(has(scene.read("php/config.json"), "cat /run/ramrole/php/external.json"));
  EXPECT_TRUE(has(scene.read("short/config.json"), "default"));
  EXPECT_FALSE(has(scene.read("short/config.json"), "follow"));
}

TEST(FilesystemViews, TheRegionOfTheServiceIsRenderedOnceItIsKnown) {
  Viewed scene;
  const auto before = inode_of(scene, "AccessKeyId");
  scene.clock.advance(10min);
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  Credential same = make_credential(1);
  same.expiration = kStartOfWall + 1000h;
  scene.filesystem.landed(
      Fetched{same, scene.clock.steady(), kStart + 1000h, std::nullopt, "cn-hangzhou"});
  EXPECT_EQ(reader.go(), "STS.id-1");
  EXPECT_EQ(inode_of(scene, "AccessKeyId"), before) << "which holds the same";
}

}  // namespace
}  // namespace ramrolefs::unit
