// SPDX-License-Identifier: Apache-2.0
#include "fusefs/audit.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ramrolefs::unit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{std::chrono::hours(1)};

/// So many opens at once: how many of them get a line.
int open_at(Audit& audit, int times, SteadyTime now, const std::string& program = "cat",
            uid_t user = 0) {
  int lines = 0;
  for (int i = 0; i < times; ++i) lines += audit.opened(program, user, now) ? 1 : 0;
  return lines;
}

TEST(Audit, TellsTenAtOnceThenOneASecond) {
  Audit audit;
  EXPECT_EQ(open_at(audit, 100, kStart), 10);
  EXPECT_EQ(open_at(audit, 100, kStart + milliseconds(999)), 0);
  EXPECT_EQ(open_at(audit, 100, kStart + seconds(1)), 1);
  EXPECT_EQ(open_at(audit, 100, kStart + seconds(4)), 3);
  EXPECT_EQ(open_at(audit, 100, kStart + seconds(1000)), 10);
}

TEST(Audit, OfOneProgramOrUserLeavesOutNoneOfAnother) {
  Audit audit;
  EXPECT_EQ(open_at(audit, 100, kStart, "cat", 0), 10);
  EXPECT_EQ(open_at(audit, 100, kStart, "cat", 1), 10);
  EXPECT_EQ(open_at(audit, 100, kStart, "head", 0), 10);
}

TEST(Audit, TellsWithTheNextLineHowManyWereLeftOut) {
  Audit audit;
  EXPECT_EQ(audit.opened("cat", 0, kStart), 0U);
  EXPECT_EQ(open_at(audit, 99, kStart), 9);
  EXPECT_EQ(audit.opened("cat", 0, kStart + seconds(1)), 90U);
  EXPECT_EQ(audit.opened("cat", 0, kStart + seconds(2)), 0U);
}

TEST(Audit, TellsAWhileLaterIfThereIsNoNextLine) {
  Audit audit;
  EXPECT_EQ(open_at(audit, 10, kStart), 10);
  EXPECT_EQ(audit.wake_at(), std::nullopt);
  EXPECT_EQ(open_at(audit, 7, kStart), 0);
  const SteadyTime later = kStart + Audit::kCountedAfter;
  EXPECT_EQ(audit.wake_at(), later);
  EXPECT_TRUE(audit.take_left_out(later - milliseconds(1)).empty());
  const auto told = audit.take_left_out(later);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].program, "cat");
  EXPECT_EQ(told[0].count, 7U);
  EXPECT_EQ(audit.wake_at(), std::nullopt);
  EXPECT_TRUE(audit.take_left_out(later).empty());
}

TEST(Audit, OfProgramsThatChangeTheirNamesIsBounded) {
  Audit audit;
  int lines = 0;
  for (int i = 0; i < 5'000; ++i) lines += audit.opened(std::to_string(i), 0, kStart) ? 1 : 0;
  EXPECT_EQ(lines, static_cast<int>(Audit::kMostPrograms) + Audit::kAtOnce);
  const auto told = audit.take_left_out(SteadyTime::max());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].program, "?");
  EXPECT_EQ(told[0].count, 5'000U - static_cast<unsigned>(lines));
  // Those that are idle are forgotten.
  EXPECT_EQ(open_at(audit, 1, kStart + seconds(100), "new"), 1);
  EXPECT_EQ(audit.opened("another", 0, kStart + seconds(100)), 0U);
}

TEST(Opener, IsTheProcessOfAThread) {
  const Opener self = opener_of(getpid());
  EXPECT_EQ(self.process, getpid());
  EXPECT_EQ(self.program, "unit_test");
  EXPECT_EQ(opener_of(0).program, "?");
}

}  // namespace
}  // namespace ramrolefs::unit
