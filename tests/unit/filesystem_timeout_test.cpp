// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

// The kernel rounds up to jiffies.
constexpr Duration kJiffy = 10ms;

Entry lookup(Scene& scene, const Caller& caller = owner()) {
  return *scene.filesystem.lookup(kRoot, "AccessKeyId", caller);
}

TEST(FilesystemTimeout, OfANameIsNoneFromASecondAndAReadWindowBeforeTheDueMoment) {
  struct Row {
    Duration at;
    Duration timeout;
  };
  constexpr Row kRows[] = {{0s, 1s},         {5min, 1s},       {10min - 6s - 1ns, 1s},
                           {10min - 6s, 0s}, {10min - 1s, 0s}, {10min, 0s}};
  for (const Row& row : kRows) {
    SCOPED_TRACE(in_seconds(row.at));
    Scene scene;
    scene.begin_with();
    scene.clock.advance(row.at);
    EXPECT_EQ(in_seconds(lookup(scene).timeout), in_seconds(row.timeout));
  }
}

TEST(FilesystemTimeout, OfANameIsNoneUntilTheLastSweepOfTheOldGenerationHasEnded) {
  Scene scene;
  scene.begin_with();
  scene.clock.advance(10min - 1s);
  Reader old(scene, owner(8));
  EXPECT_EQ(old.go(), "STS.id-1");
  scene.clock.advance(1s);
  Reader reader(scene, owner());
  EXPECT_EQ(reader.go(), "parked");
  scene.land(2);
  EXPECT_EQ(reader.go(), "STS.id-2");
  scene.clock.advance(4s - 1ns);
  EXPECT_EQ(in_seconds(lookup(scene).timeout), 0);
  scene.clock.advance(1ns);
  EXPECT_EQ(in_seconds(lookup(scene).timeout), 1);
}

TEST(FilesystemTimeout, OfAttributesShrinksTowardsTheExpiration) {
  // It expires after 100 s; it is due after 50, and a flight that failed has nobody wait.
  struct Row {
    Duration at;
    Duration timeout;
  };
  constexpr Row kRows[] = {
      {98s, 1s}, {99s, 1s - kJiffy}, {99500ms, 500ms - kJiffy}, {99990ms, 0s}, {99999ms, 0s},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(in_seconds(row.at));
    Scene scene;
    scene.begin_with(1, 100s);
    scene.clock.advance(row.at);
    Reader reader(scene, owner());
    reader.go();
    scene.fail(Cause::unavailable);
    reader.go();
    const Entry entry = lookup(scene);
    ASSERT_EQ(entry.inode.generation(), GenerationId{1});
    EXPECT_EQ(in_seconds(entry.attributes.timeout), in_seconds(row.timeout));
    EXPECT_EQ(in_seconds(entry.timeout), 0) << "soon after a failure, another flight may start";
    const auto attributes = scene.filesystem.getattr(entry.inode, owner());
    EXPECT_EQ(in_seconds(std::get<Attributes>(attributes).timeout), in_seconds(row.timeout));
  }
}

TEST(FilesystemTimeout, IsNeverLongerThanASecond) {
  Scene scene;
  scene.begin_with();
  for (Duration at = 0s; at < 6h; at += 17s) {
    const Entry entry = lookup(scene);
    const auto root = std::get<Attributes>(scene.filesystem.getattr(kRoot, owner()));
    for (const Duration timeout : {entry.timeout, entry.attributes.timeout, root.timeout}) {
      ASSERT_LE(timeout, 1s) << in_seconds(at);
      ASSERT_GE(timeout, 0s) << in_seconds(at);
    }
    scene.clock.advance(17s);
  }
}

TEST(FilesystemTimeout, OfANameIsNoneWhileAFlightIsUnderWay) {
  Scene scene;
  scene.begin_with();
  scene.clock.advance(10min);
  Reader reader(scene, owner());
  ASSERT_EQ(reader.go(), "parked");
  scene.clock.advance(1s);  // patience is over: it is served, and must be seen when it lands
  const Entry entry = lookup(scene);
  EXPECT_EQ(entry.inode.generation(), GenerationId{1});
  EXPECT_EQ(entry.timeout, Duration::zero());
}

TEST(FilesystemTimeout, OfANameLastsInALongPauseBetweenTwoFlightsThatFail) {
  Scene scene;
  scene.begin_with();
  scene.clock.advance(10min);
  for (int i = 0; i < 10; ++i) {
    Reader reader(scene, owner());
    reader.go();
    scene.fail(Cause::unavailable);
    EXPECT_EQ(reader.go(), "STS.id-1");
    const bool may_be_either = i == 3;  // the pause is random: from 4 to 8 s
    EXPECT_TRUE(may_be_either || in_seconds(lookup(scene).timeout) == (i < 3 ? 0 : 1))
        << "failure " << i << ": an outage must not cost warm reads";
    scene.clock.advance(1min);
  }
}

TEST(FilesystemTimeout, OfANameForWhoMayNotReadIsNoneOnceItIsSoonDue) {
  Scene scene;
  scene.begin_with();
  EXPECT_EQ(in_seconds(lookup(scene, stranger()).timeout), 1);
  scene.clock.advance(10min - 500ms);
  EXPECT_EQ(lookup(scene, stranger()).timeout, Duration::zero());
  scene.clock.advance(500ms);
  EXPECT_EQ(lookup(scene, stranger()).timeout, Duration::zero());
}

}  // namespace
}  // namespace ramrolefs::unit
