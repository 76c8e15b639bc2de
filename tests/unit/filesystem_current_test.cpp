// SPDX-License-Identifier: Apache-2.0
// current/: the same files, of one generation for as long as the directory is held.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/planted.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

InodeNumber enter(Scene& scene, const Caller& caller = owner()) {
  return scene.filesystem.lookup(kRoot, "current", caller)->inode;
}

std::string read_in(Scene& scene, InodeNumber directory, const std::string& name) {
  const auto entry = scene.filesystem.lookup(directory, name, owner());
  if (!entry) return words(entry.error());
  return read_inode(scene, entry->inode);
}

TEST(Current, WhoHoldsItStaysWithItsCredentialUntilThatExpires) {
  Scene scene;
  scene.begin_with(1, 2h);
  const InodeNumber held = enter(scene);
  for (int number = 2; number <= 5; ++number) {
    scene.rotate(number);
    scene.filesystem.tick();
    EXPECT_EQ(read_in(scene, held, "AccessKeyId"), "STS.id-1") << number;
    EXPECT_EQ(read_in(scene, held, "SecurityToken"), "token-1") << number;
  }
  EXPECT_EQ(read_in(scene, enter(scene), "AccessKeyId"), "STS.id-5") << "who enters it anew";
  scene.clock.advance(2h);
  EXPECT_EQ(read_in(scene, held, "AccessKeyId"), "ESTALE");
  EXPECT_EQ(words(scene.filesystem.list(held).error()), "ESTALE");
  EXPECT_EQ(words(std::get<Errno>(scene.filesystem.getattr(held, owner()))), "ESTALE");
}

TEST(Current, AFileInItDoesNotFollow) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const auto file = scene.filesystem.lookup(enter(scene), "AccessKeyId", owner())->inode;
  scene.rotate(2);
  scene.clock.advance(1h);
  scene.filesystem.tick();
  const auto attributes = std::get<Attributes>(scene.filesystem.getattr(file, owner()));
  EXPECT_EQ(attributes.stat.st_ino, file.raw());
  EXPECT_EQ(read_inode(scene, file), "STS.id-1");
}

TEST(Current, IsADoorToo) {
  Scene scene;
  const InodeNumber inode = enter(scene);
  EXPECT_EQ(scene.flights, 0) << "a LOOKUP waits for nothing";
  EXPECT_TRUE(std::holds_alternative<Park>(scene.filesystem.getattr(inode, owner())));
  EXPECT_EQ(scene.flights, 1);
  scene.land(1, 1000h);
  EXPECT_TRUE(std::holds_alternative<Attributes>(scene.filesystem.getattr(inode, owner())));
  scene.rotate(2);
  scene.clock.advance(1h);
  scene.filesystem.tick();
  EXPECT_EQ(read_in(scene, inode, "AccessKeyId"), "STS.id-1") << "held from the door on";
}

TEST(Current, ListsTheSameFilesWithTheInodesThatALookupGives) {
  Scene scene;
  scene.begin_with();
  const InodeNumber directory = enter(scene);
  const auto names = scene.filesystem.list(directory);
  ASSERT_TRUE(names);
  ASSERT_EQ(names->size(), kServedFiles.size() + 2);
  EXPECT_EQ((*names)[0].inode, directory);
  EXPECT_EQ((*names)[1].inode, kRoot);
  for (std::size_t i = 0; i < kServedFiles.size(); ++i) {
    const auto& name = (*names)[i + 2];
    EXPECT_EQ(name.name, kServedFiles[i].name);
    EXPECT_EQ(name.inode, scene.filesystem.lookup(directory, name.name, owner())->inode);
    EXPECT_NE(name.inode, scene.filesystem.lookup(kRoot, name.name, owner())->inode)
        << "one of the two follows";
  }
}

TEST(Current, IsOpenToWhoeverMayReadAFile) {
  for (const auto& [files, directory] :
       {std::pair<mode_t, mode_t>{0400, 0500}, {0440, 0550}, {0444, 0555}, {0000, 0000}}) {
    const Planted planted({.access = {kOwner, kOwner, files}});
    const Node node{&planted.tree.root(), nullptr, false};
    const auto attributes = empty_attributes(node, node.inode_in(GenerationId{1}), {});
    EXPECT_EQ(attributes.stat.st_mode, S_IFDIR | directory);
  }
}

TEST(Current, AStrangerKeepsNoCredentialInMemory) {
  Scene scene;
  scene.begin_with(1, 1000h);
  const InodeNumber inode = enter(scene, stranger());
  scene.filesystem.getattr(inode, stranger());
  scene.rotate(2);
  scene.clock.advance(1h);
  scene.filesystem.tick();
  EXPECT_EQ(read_in(scene, inode, "AccessKeyId"), "ESTALE");
}

TEST(Current, WhatIsNotThereIsNotFound) {
  Scene scene;
  scene.begin_with();
  const InodeNumber directory = enter(scene);
  for (const char* name : {"", "current", "no-such", ".AccessKeyId.2"}) {
    EXPECT_EQ(read_in(scene, directory, name), "ENOENT") << name;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
