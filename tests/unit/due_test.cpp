// SPDX-License-Identifier: Apache-2.0
#include "common/due.h"

#include <gtest/gtest.h>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr DuePolicy kDefault;

// Everything counts from the answer that last held the credential.
struct Row {
  const char* name;
  Duration left;   // of its life, at that moment
  Duration whole;  // its life
  DuePolicy policy;
  Duration due;
};

constexpr Row kRows[] = {
    {"fresh: by its age", 6h, 6h, kDefault, 10min},
    {"its age is looked at first", 40min + 1s, 6h, kDefault, 10min},
    {"both at once", 40min, 6h, kDefault, 10min},
    {"half an hour before its end", 35min, 6h, kDefault, 5min},
    {"a moment before that", 30min + 1s, 6h, kDefault, 1s},
    {"in its last half hour", 30min, 6h, kDefault, kAskAgain},
    {"near its end", 10s, 6h, kDefault, kAskAgain},
    {"of an hour: half of its life", 1h, 1h, kDefault, 10min},
    {"of an hour, with no age: half an hour", 1h, 1h, {30min, 24h}, 30min},
    {"shorter than an hour: half of its life", 20min, 20min, {30min, 24h}, 10min},
    {"shorter, in its second half", 10min, 20min, {30min, 24h}, kAskAgain},
    {"shorter, with less than half wanted", 20min, 20min, {5min, 24h}, 15min},
    {"of ten seconds", 10s, 10s, kDefault, 5s},
    {"longer than wanted, yet longer than an hour", 2h, 2h, {3h, 24h}, kAskAgain},
    {"nothing before its end", 6h, 6h, {0s, 24h}, 6h},
    {"an age below a minute counts in its last half hour too", 10min, 6h, {30min, 5s}, 5s},
};

TEST(Due, IsTheEarlierOfItsAgeAndTheTimeBeforeItsEnd) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Lifetime lifetime{kStart, kStart + row.left, row.whole};
    EXPECT_EQ(in_seconds(due_at(lifetime, row.policy) - kStart), in_seconds(row.due));
  }
}

TEST(Due, IsThirtyMinutesBeforeTheEndAndAfterTenMinutesUnlessOrderedOtherwise) {
  EXPECT_EQ(kDefault.refresh_before, 30min);
  EXPECT_EQ(kDefault.max_age, 10min);
  EXPECT_EQ(kAskAgain, 1min);
}

TEST(Due, IsLaterThanTheAnswerThatToldOfIt) {
  // Else the same answer would be asked for again and again, without a pause.
  for (Duration left = 1s; left < 7h; left += 7s) {
    const Lifetime lifetime{kStart, kStart + left, 6h};
    ASSERT_GT(due_at(lifetime, kDefault), kStart) << in_seconds(left);
  }
}

}  // namespace
}  // namespace ramrolefs::unit
