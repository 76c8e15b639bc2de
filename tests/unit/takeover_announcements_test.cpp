// SPDX-License-Identifier: Apache-2.0
// Announcements go on in another process, and with another announcer.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr const char* kAllButTheFirst =
    "SecurityToken config.json credentials credentials.json env external.json AccessKeyId ";

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
  ASSERT_EQ(scene.names(), std::string("AccessKeySecret ").append(kAllButTheFirst));
  EXPECT_EQ(scene.make(scene.renames[0]), "done");
  ASSERT_TRUE(scene.filesystem.take_over());
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), kAllButTheFirst);
  EXPECT_FALSE(scene.remembers_names());
  for (const Rename& rename : scene.renames) {
    EXPECT_EQ(scene.make(rename), "done");
    scene.filesystem.announced(rename.generation, rename.seat);
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
  EXPECT_EQ(scene.make({".AccessKeyId.1", "AccessKeyId", GenerationId{1}, Seat(2)}), "EROFS");
}

TEST(TakeoverOfAnnouncements, AnotherAnnouncerGoesOnWhereTheLastOneEnded) {
  OrderedScene scene;
  scene.make(scene.renames[0]);
  scene.filesystem.announcer_begins(kAnnouncer + 1);
  EXPECT_EQ(scene.make(scene.renames[1]), "EROFS") << "that one is gone";
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), kAllButTheFirst);
  EXPECT_EQ(scene.make(scene.renames[0], kAnnouncer + 1), "done");
}

TEST(TakeoverOfAnnouncements, OrdersOfBeforeMayStillBeMadeMeanwhile) {
  OrderedScene scene;
  const auto first = scene.renames;
  ASSERT_TRUE(scene.filesystem.take_over());
  EXPECT_EQ(scene.make(first[0]), "done");
  scene.filesystem.announced(first[0].generation, first[0].seat);
  scene.renames = scene.filesystem.to_announce();
  EXPECT_EQ(scene.names(), kAllButTheFirst);
  scene.filesystem.announced(first[0].generation, first[0].seat);  // twice
  scene.filesystem.announced(GenerationId{1}, first[1].seat);      // of another generation
  scene.filesystem.announced(first[0].generation, Seat(99));       // of no file
  EXPECT_FALSE(scene.remembers_names());
  for (const Rename& rename : scene.renames) {
    scene.filesystem.announced(rename.generation, rename.seat);
  }
  EXPECT_TRUE(scene.remembers_names());
  scene.filesystem.announced(first[1].generation, first[1].seat);  // long over
}

TEST(TakeoverOfAnnouncements, GenerationsThatWaitAreNotLost) {
  OrderedScene scene;
  scene.rotate(3);
  ASSERT_TRUE(scene.filesystem.take_over());
  for (int generation = 2; generation <= 3; ++generation) {
    scene.renames = scene.filesystem.to_announce();
    ASSERT_EQ(scene.renames.size(), 8U) << generation;
    for (const Rename& rename : scene.renames) {
      EXPECT_EQ(rename.generation, GenerationId(generation));
      EXPECT_EQ(scene.make(rename), "done");
      scene.filesystem.announced(rename.generation, rename.seat);
    }
  }
  EXPECT_TRUE(scene.remembers_names());
}

}  // namespace
}  // namespace ramrolefs::unit
