// SPDX-License-Identifier: Apache-2.0
// What `.ramrolefs` tells, and that it takes nothing to tell it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr int kManyCauses = 3;

tl::expected<Entry, Errno> look_up(Scene& scene, const std::string& name,
                                   const Caller& caller = stranger()) {
  return scene.filesystem.lookup(StateFiles::kInode, name, caller);
}

std::string text_of(Scene& scene, const std::string& name) {
  const auto entry = look_up(scene, name);
  return entry ? read_inode(scene, entry->inode) : words(entry.error());
}

nlohmann::json status_of(Scene& scene) {
  return nlohmann::json::parse(text_of(scene, "status.json"));
}

std::string state_of(Scene& scene) {
  return status_of(scene).at("state");
}

TEST(FilesystemStatus, IsIdleUntilSomebodyReadsAndFreshThen) {
  Scene scene;
  EXPECT_EQ(state_of(scene), "idle");
  EXPECT_TRUE(status_of(scene).at("role").is_null());
  scene.begin_with(1, 6h);
  const auto status = status_of(scene);
  EXPECT_EQ(status.at("state"), "fresh");
  EXPECT_EQ(status.at("role"), "a-role");
  EXPECT_EQ(status.at("generation"), 1);
  EXPECT_EQ(status.at("since"), "2017-11-01T00:00:00Z");
  EXPECT_EQ(status.at("fetched"), "2017-11-01T00:00:00Z");
  EXPECT_EQ(status.at("expiration"), "2017-11-01T06:00:00Z");
  EXPECT_EQ(status.at("valid_for_seconds"), 6 * 3600);
  EXPECT_EQ(status.at("next_due"), "2017-11-01T00:10:00Z");
  EXPECT_TRUE(status.at("last_error").is_null());
  scene.clock.advance(3h);
  EXPECT_EQ(state_of(scene), "fresh") << "due, but nobody has asked in vain";
  scene.clock.advance(3h);
  EXPECT_EQ(state_of(scene), "idle") << "it has run out, and nobody has asked since";
}

TEST(FilesystemStatus, IsStaleAfterAFailureWithOneInHandAndFailedWithNone) {
  Scene scene;
  scene.begin_with(1, 6h);
  scene.clock.advance(11min);
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(state_of(scene), "fresh") << "the flight is still under way";
  scene.fail(Cause::refused);
  auto status = status_of(scene);
  EXPECT_EQ(status.at("state"), "stale");
  EXPECT_GT(status.at("back_off_seconds"), 0.0);
  const nlohmann::json error{{"what", "connection refused"},
                             {"detail", "by the test"},
                             {"when", "2017-11-01T00:11:00Z"},
                             {"count", 1},
                             {"over", false}};
  EXPECT_EQ(status.at("last_error"), error);
  reader.go();
  scene.clock.advance(6h);
  EXPECT_EQ(state_of(scene), "failed") << "though nobody has asked since";
  scene.begin_with(2, 12h);
  status = status_of(scene);
  EXPECT_EQ(status.at("state"), "fresh");
  EXPECT_EQ(status.at("last_error").at("over"), true);
}

TEST(FilesystemStatus, CountsFlightsAndTheTimeTheyTook) {
  Scene scene;
  Reader reader(scene, owner());
  for (int i = 0; i < kManyCauses; ++i) {
    EXPECT_EQ(reader.go(), "parked");
    scene.clock.advance(30ms);
    scene.fail(Cause::timed_out);
    scene.clock.advance(1s);
  }
  EXPECT_EQ(status_of(scene).at("last_error").at("count"), kManyCauses);
  reader.go();
  scene.land();
  reader.go();
  const auto status = status_of(scene);
  const nlohmann::json flights{{"started", kManyCauses + 1},
                               {"rotated", 1},
                               {"confirmed", 0},
                               {"failed", kManyCauses},
                               {"under_way", false}};
  EXPECT_EQ(status.at("flights"), flights);
  const std::string metrics = text_of(scene, "metrics");
  for (const std::string line :
       {"ramrolefs_flights_failed_total{mount_point=\"\",cause=\"timed_out\"} 3\n",
        "ramrolefs_fetch_seconds_bucket{mount_point=\"\",le=\"0.025\"} 1\n",
        "ramrolefs_fetch_seconds_bucket{mount_point=\"\",le=\"0.05\"} 4\n",
        "ramrolefs_fetch_seconds_count{mount_point=\"\"} 4\n",
        "ramrolefs_state{mount_point=\"\",state=\"fresh\"} 1\n"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << metrics;
  }
}

TEST(FilesystemStatus, TakesNothingToTell) {
  Scene scene;
  const auto directory = scene.filesystem.lookup(kRoot, ".ramrolefs", stranger());
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->inode, StateFiles::kInode);
  EXPECT_EQ(directory->attributes.stat.st_mode, S_IFDIR | 0555U);
  EXPECT_TRUE(scene.filesystem.alive().may_list(StateFiles::kInode, stranger()));
  EXPECT_FALSE(scene.filesystem.alive().may_list(kRoot, stranger()));
  const auto names = scene.filesystem.list(StateFiles::kInode);
  ASSERT_TRUE(names);
  ASSERT_EQ(names->size(), 4U);
  EXPECT_EQ((*names)[2].name, "metrics");
  EXPECT_EQ((*names)[3].name, "status.json");
  EXPECT_EQ(words(look_up(scene, "no-such").error()), "ENOENT");
  text_of(scene, "metrics");
  EXPECT_EQ(scene.flights, 0);
  EXPECT_FALSE(scene.filesystem.wake_at(/*any_parked=*/false));
}

TEST(FilesystemStatus, EachLookUpIsATextOfItsOwnUntilTheKernelForgetsIt) {
  Scene scene;
  const auto before = look_up(scene, "status.json");
  const std::string text = read_inode(scene, before->inode);
  scene.begin_with();
  scene.filesystem.take_over();  // and the text is the same
  EXPECT_EQ(read_inode(scene, before->inode), text);
  const auto attributes = scene.filesystem.getattr(before->inode, stranger());
  ASSERT_TRUE(std::holds_alternative<Attributes>(attributes));
  const auto& stat = std::get<Attributes>(attributes).stat;
  EXPECT_EQ(static_cast<std::size_t>(stat.st_size), text.size());
  EXPECT_EQ(stat.st_mode, S_IFREG | 0444U);
  EXPECT_EQ(stat.st_uid, kOwner);
  EXPECT_EQ(std::get<Attributes>(attributes).timeout, Duration::zero());
  const auto after = look_up(scene, "status.json");
  EXPECT_NE(after->inode, before->inode);
  EXPECT_NE(read_inode(scene, after->inode), text);
  scene.filesystem.alive().forget(before->inode);
  EXPECT_EQ(read_inode(scene, before->inode), "ESTALE");
  EXPECT_EQ(words(std::get<Errno>(scene.filesystem.getattr(before->inode, stranger()))), "ESTALE");
}

TEST(FilesystemStatus, KeepsSoManyTextsAtMost) {
  Scene scene;
  const auto first = look_up(scene, "metrics")->inode;
  for (std::size_t i = 0; i < StateFiles::kMost; ++i) look_up(scene, "metrics");
  EXPECT_EQ(read_inode(scene, first), "ESTALE");
}

TEST(FilesystemStatus, NoInodeIsGivenTwiceThoughNothingCouldBeTakenOver) {
  Scene scene;
  const auto before = look_up(scene, "metrics")->inode;
  scene.clock.advance(1ms);
  EXPECT_FALSE(scene.filesystem.take_over({}));
  EXPECT_EQ(read_inode(scene, before), "ESTALE");
  EXPECT_GT(look_up(scene, "metrics")->inode, before);
}

TEST(FilesystemStatus, HoldsNoValue) {
  Scene scene;
  scene.begin_with();
  const std::string all = text_of(scene, "status.json") + text_of(scene, "metrics");
  for (const char* name : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
    const std::string value = read_file(scene, name);
    ASSERT_GE(value.size(), 4U);
    EXPECT_EQ(all.find(value), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
