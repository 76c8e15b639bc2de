// SPDX-License-Identifier: Apache-2.0
#include "common/backoff.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

Backoff failed_times(int failures, unsigned seed = 1) {
  Backoff backoff(seed);
  for (int i = 0; i < failures; ++i) backoff.failed();
  return backoff;
}

struct Row {
  int failures;
  Backoff::Range range;
  Duration full;
};

constexpr Row kRows[] = {
    {1, Backoff::kEmptyHanded, 200ms}, {2, Backoff::kEmptyHanded, 400ms},
    {3, Backoff::kEmptyHanded, 800ms}, {5, Backoff::kEmptyHanded, 3200ms},
    {6, Backoff::kEmptyHanded, 5s},    {1000, Backoff::kEmptyHanded, 5s},
    {1, Backoff::kInHand, 1s},         {2, Backoff::kInHand, 2s},
    {6, Backoff::kInHand, 32s},        {7, Backoff::kInHand, 60s},
    {1000, Backoff::kInHand, 60s},
};

TEST(Backoff, DoublesUpToTheLongestAndLeavesHalfOfItToChance) {
  for (const Row& row : kRows) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
      const Duration pause = failed_times(row.failures, seed).pause(row.range);
      ASSERT_GE(pause, row.full / 2) << row.failures << " failures, seed " << seed;
      ASSERT_LE(pause, row.full) << row.failures << " failures, seed " << seed;
    }
  }
}

TEST(Backoff, SpreadsAThousandInstancesOverThePause) {
  constexpr int kParts = 10;
  std::set<int> parts;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    const Duration pause = failed_times(10, seed).pause(Backoff::kInHand);
    parts.insert(static_cast<int>((pause - 30s) * kParts / 30s));
  }
  EXPECT_GE(parts.size(), kParts) << "a part of the pause is never drawn";
}

TEST(Backoff, StaysTheSameUntilTheNextFailure) {
  Backoff backoff = failed_times(3);
  const Duration pause = backoff.pause(Backoff::kInHand);
  EXPECT_EQ(in_seconds(backoff.pause(Backoff::kInHand)), in_seconds(pause));
  backoff.failed();
  EXPECT_NE(in_seconds(backoff.pause(Backoff::kInHand)), in_seconds(pause));
}

TEST(Backoff, BeginsAgainAfterASuccess) {
  Backoff backoff = failed_times(20);
  backoff.succeeded();
  EXPECT_EQ(backoff.failures(), 0);
  backoff.failed();
  EXPECT_EQ(backoff.failures(), 1);
  EXPECT_LE(backoff.pause(Backoff::kInHand), 1s);
}

TEST(Backoff, IsShorterWhileNothingIsInHand) {
  const Backoff backoff = failed_times(10);
  EXPECT_LE(backoff.pause(Backoff::kEmptyHanded), 5s);
  EXPECT_GE(backoff.pause(Backoff::kInHand), 30s);
}

}  // namespace
}  // namespace ramrolefs::unit
