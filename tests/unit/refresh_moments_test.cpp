// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/credentials.h"
#include "tests/unit/refresh_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

struct Row {
  const char* name;
  Story story;
  Duration now;
  Duration moment;
};

TEST(Refresh, KnowsWhenTheNextFlightMayStart) {
  const std::vector<Row> rows = {
      {"when it is due", {lands(0s, 6h)}, 1s, 600s},
      {"now, when it has been due", {lands(0s, 6h)}, 700s, 600s},
      {"now, in a flight", {lands(0s, 6h), takes_off(600s)}, 601s, 601s},
      {"when it has expired, now", {confirms(0s, 30s)}, 31s, 31s},
      {"when asked for before it is due", {lands(0s, 6h), asks(7s)}, 1s, 7s},
      {"when it is due, if asked for later", {lands(0s, 6h), asks(700s)}, 1s, 600s},
      {"when asked for, in a pause",
       {lands(0s, 6h), takes_off(600s), fails(601s), takes_off(603s), fails(604s), takes_off(608s),
        fails(609s), asks(610200ms)},
       610100ms,
       610200ms},
      {"a second after a failure, however soon it is asked for",
       {lands(0s, 6h), takes_off(600s), fails(601s), takes_off(603s), fails(604s), takes_off(608s),
        fails(609s), asks(609100ms)},
       609100ms,
       610s},
      {"when it is due, once the one asked for has landed",
       {lands(0s, 6h), asks(7s), takes_off(7s), lands(8s, 6h)},
       9s,
       608s},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const SteadyTime now = kStart + row.now;
    const Refresh refresh = after(row.story);
    EXPECT_EQ(in_seconds(refresh.next_flight_at(now) - kStart), in_seconds(row.moment));
  }
}

TEST(Refresh, AFlightThatIsAskedForStartsWithoutAReader) {
  Refresh refresh = after({lands(0s, 6h)});
  EXPECT_EQ(refresh.flight_asked_for_at(kStart), std::nullopt);
  refresh.ask(kStart + 7s);
  refresh.ask(kStart + 9s);
  EXPECT_EQ(refresh.flight_asked_for_at(kStart), kStart + 7s) << "the first counts";
  EXPECT_FALSE(refresh.wants_flight(kStart + 6s));
  EXPECT_TRUE(refresh.wants_flight(kStart + 7s));
  refresh.took_off(kStart + 7s);
  EXPECT_EQ(refresh.flight_asked_for_at(kStart), std::nullopt);
  refresh.ask(kStart + 8s);
  EXPECT_EQ(refresh.flight_asked_for_at(kStart), std::nullopt) << "one is under way";
}

TEST(Refresh, WakesTheParkedWhenTheirAnswerMayChange) {
  const std::vector<Row> rows = {
      {"the vigil's end", {takes_off(0s), parks(0s)}, 1s, 5s},
      {"of who came first", {takes_off(0s), parks(0s), parks(2s)}, 2s, 5s},
      {"the end of patience", {lands(0s, 6h), takes_off(600s), parks(600200ms)}, 600300ms, 601s},
      {"the Expiration", {lands(0s, 100s), takes_off(99800ms), parks(99800ms)}, 99800ms, 100s},
      {"the vigil's end, once it has expired",
       {lands(0s, 100s), takes_off(99800ms), parks(99800ms)},
       100s,
       104800ms},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const SteadyTime wake = after(row.story).wake_at(kStart + row.now);
    EXPECT_EQ(in_seconds(wake - kStart), in_seconds(row.moment));
  }
}

TEST(Refresh, WakesTheParkedForTheNextFlight) {
  const Refresh refresh = after({takes_off(0s), parks(0s), fails(1s)});
  const SteadyTime wake = refresh.wake_at(kStart + 1s);
  EXPECT_EQ(wake, refresh.retry_at(kStart + 1s));
  EXPECT_FALSE(refresh.wants_flight(wake - 1ns));
  EXPECT_TRUE(refresh.wants_flight(wake));
}

TEST(Refresh, EveryAnswerHoldsUntilTheMomentThatItTold) {
  // A server that looks at the parked at wake_at() alone must not miss a change before.
  const std::vector<Story> stories = {
      {takes_off(0s), parks(0s)},
      {takes_off(0s), parks(0s), fails(1s)},
      {lands(-600s, 6h), takes_off(0s), parks(0s)},
      {lands(-99800ms, 100s), takes_off(0s), parks(0s)},
  };
  for (std::size_t i = 0; i < stories.size(); ++i) {
    SCOPED_TRACE("story " + std::to_string(i));
    const Refresh refresh = after(stories[i]);
    const SteadyTime begin = kStart + 1s - (i == 1 ? 0ms : 999ms);
    const SteadyTime wake = refresh.wake_at(begin);
    ASSERT_EQ(words(refresh.answer(begin)), "wait");
    for (SteadyTime now = begin; now < wake; now += 1ms) {
      ASSERT_EQ(words(refresh.answer(now)), "wait") << in_seconds(now - kStart);
    }
  }
}

TEST(Refresh, ThePatienceAndTheTimeoutAreThoseOfThePolicy) {
  Refresh::Policy policy;
  policy.patience = 3s;
  policy.timeout = 20s;
  const Refresh empty_handed = after({takes_off(0s), parks(0s)}, policy);
  EXPECT_EQ(words(empty_handed.answer(kStart + 19999ms)), "wait");
  EXPECT_EQ(words(empty_handed.answer(kStart + 20s)), "failure");
  const Refresh in_hand = after({lands(-600s, 6h), takes_off(0s), parks(0s)}, policy);
  EXPECT_EQ(words(in_hand.answer(kStart + 2999ms)), "wait");
  EXPECT_EQ(words(in_hand.answer(kStart + 3s)), "in hand");
}

TEST(Refresh, WaitsOneSecondAndFiveUnlessOrderedOtherwise) {
  const Refresh::Policy policy;
  EXPECT_EQ(policy.patience, 1s);
  EXPECT_EQ(policy.timeout, 5s);
}

}  // namespace
}  // namespace ramrolefs::unit
