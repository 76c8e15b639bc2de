// SPDX-License-Identifier: Apache-2.0
// Whose LOOKUPs belong together.
#include <gtest/gtest.h>

#include "tests/unit/sweeps_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr Duration kYoung = 2ms;
constexpr Kin kFirst{100, 10, 20, 30, kYoung};

TEST(Sweeps, KinOfAYoungProcessAreItsParentsItsGroupsAndItsSessions) {
  struct Row {
    const char* name;
    Kin second;
    bool together;
  };
  const std::vector<Row> rows = {
      {"the same process", {100, 10, 20, 30, 1h}, true},
      {"that got other kin", {100, 11, 21, 31, 1h}, true},
      {"the same parent, in the session", {101, 10, 21, 30, kYoung}, true},
      {"the same parent alone, as services of one manager", {101, 10, 21, 31, kYoung}, false},
      {"the same group", {101, 11, 20, 31, kYoung}, true},
      {"the same session", {101, 11, 21, 30, kYoung}, true},
      {"nothing in common", {101, 11, 21, 31, kYoung}, false},
      {"young still", {101, 10, 20, 30, kWindow - 1ns}, true},
      {"not young any more", {101, 10, 20, 30, kWindow}, false},
      {"a number counts in its relation only", {10, 20, 30, 100, kYoung}, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    SweepsStory story;
    story.lookup(kFirst, kA);
    EXPECT_EQ(story.lookup(row.second, kB), row.together ? 1 : 2);
  }
}

TEST(Sweeps, TheFirstLookupMayBeOfAnOldProcess) {
  SweepsStory story;
  story.lookup({100, 10, 20, 30, 1h}, kA);
  EXPECT_EQ(story.lookup({101, 10, 20, 30, kYoung}, kB), 1);
}

TEST(Sweeps, TheNearestKinComesFirst) {
  // Two sweeps, of generations 1 and 2, and who has kin in both.
  constexpr Kin kOther{200, 110, 120, 130, kYoung};
  struct Row {
    const char* name;
    Kin third;
    int sweep;
  };
  const std::vector<Row> rows = {
      {"process before all", {100, 110, 120, 130, kYoung}, 1},
      {"parent before group", {300, 10, 120, 30, kYoung}, 1},
      {"parent before group, the other way", {300, 110, 20, 130, kYoung}, 2},
      {"group before session", {300, 0, 20, 130, kYoung}, 1},
      {"group before session, the other way", {300, 0, 120, 30, kYoung}, 2},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    SweepsStory story;
    story.lookup(kFirst, kA);
    story.lookup(kOther, kA);
    EXPECT_EQ(story.lookup(row.third, kB), row.sweep);
  }
}

TEST(Sweeps, ASweepThatIsOverDoesNotHideThatOfFurtherKin) {
  SweepsStory story;
  story.lookup({100, 10, 20, 30, kYoung}, kA);
  story.wait(kWindow - 1ns);
  story.lookup({200, 11, 21, 30, 1h}, kA);
  story.wait(1ns);
  EXPECT_EQ(story.lookup({101, 10, 20, 30, kYoung}, kB), 2);
}

TEST(Sweeps, AProcessIsNotKeptInASweepThatOnlyItsKinGoOnWith) {
  SweepsStory story;
  story.lookup({100, 10, 20, 30, 1h}, kA);
  for (const Place name : {kB, kC}) {
    story.wait(kWindow / 2);
    EXPECT_EQ(story.lookup({101, 11, 20, 30, kYoung}, name), 1);
  }
  EXPECT_EQ(story.lookup({100, 10, 20, 30, 1h}, Place{5}), 4);
}

TEST(Sweeps, NumberZeroIsNobody) {
  SweepsStory story;
  story.lookup({100, 0, 0, 0, kYoung}, kA);
  EXPECT_EQ(story.lookup({101, 0, 0, 0, kYoung}, kB), 2);
  EXPECT_EQ(story.lookup({}, kA), 3);
  EXPECT_EQ(story.lookup({}, kB), 4);
  EXPECT_EQ(story.sweeps().size(), 2U);
  EXPECT_EQ(story.sweeps().generation_of({}, story.now()), std::nullopt);
}

TEST(Sweeps, ANewSweepTakesOverWhatItSharesWithOthersAndAnOldOneDoesNot) {
  constexpr Kin kOne{100, 10, 20, 30, 1h};
  constexpr Kin kTwo{200, 11, 21, 30, 1h};
  SweepsStory story;
  story.lookup(kOne, kA);
  story.lookup(kTwo, kA);
  EXPECT_EQ(story.lookup({300, 12, 22, 30, kYoung}, kB), 2) << "the newer of the session's";
  EXPECT_EQ(story.lookup(kOne, kB), 1);
  EXPECT_EQ(story.lookup({301, 13, 23, 30, kYoung}, kC), 2) << "whoever read last";
}

TEST(Sweeps, AYoungReaderOfOnesKinIsKnownByItsOwnKinToo) {
  // cat A of a script, then one in a session of its own, then a child of that session.
  SweepsStory story;
  story.lookup(kFirst, kA);
  EXPECT_EQ(story.lookup({101, 10, 20, 31, kYoung}, kB), 1);
  EXPECT_EQ(story.lookup({102, 11, 22, 31, kYoung}, kC), 1);
}

}  // namespace
}  // namespace ramrolefs::unit
