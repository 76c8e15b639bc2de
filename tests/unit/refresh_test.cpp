// SPDX-License-Identifier: Apache-2.0
#include "common/refresh.h"

#include <gtest/gtest.h>

#include "tests/unit/credentials.h"
#include "tests/unit/refresh_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

// With the policy by default: due after 600 s, patience 1 s, a vigil of 5 s. The pause after a
// first failure is 0.1 to 0.2 s with nothing in hand, 0.5 to 1 s with something.
struct Row {
  const char* name;
  Story story;
  Duration now;
  Answer answer;
  bool flight;  // whether a reader who comes makes one start
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Refresh refresh = after(row.story);
    EXPECT_EQ(words(refresh.answer(kStart + row.now)), words(row.answer));
    EXPECT_EQ(refresh.wants_flight(kStart + row.now), row.flight);
  }
}

TEST(Refresh, WithNothingInHandAReaderWaitsInAVigil) {
  check({
      {"nothing ever happened", {}, 0s, Answer::wait, true},
      {"a flight is under way", {takes_off(0s), parks(0s)}, 1s, Answer::wait, false},
      {"the vigil's last moment", {takes_off(0s), parks(0s)}, 4999ms, Answer::wait, false},
      {"the vigil's end", {takes_off(0s), parks(0s)}, 5s, Answer::failure, false},
      {"a newcomer shares the vigil, not begins one",
       {takes_off(0s), parks(0s), parks(3s)},
       5s,
       Answer::failure,
       false},
      {"once all have left, a newcomer begins the next, though the flight is the same",
       {takes_off(0s), parks(0s), all_leave()},
       5s,
       Answer::wait,
       false},
      {"a flight that nobody waits for any more", {takes_off(0s)}, 9s, Answer::wait, false},
  });
}

TEST(Refresh, InAVigilWhatMayPassIsTriedAgain) {
  const Story long_outage = {takes_off(0s), parks(0s), fails(0s), fails(0s),
                             fails(1s),     fails(2s), fails(3s), fails(3s)};
  check({
      {"in the pause", {takes_off(0s), parks(0s), fails(1s)}, 1050ms, Answer::wait, false},
      {"after the pause", {takes_off(0s), parks(0s), fails(1s)}, 1200ms, Answer::wait, true},
      {"in the second flight",
       {takes_off(0s), parks(0s), fails(1s), takes_off(1200ms)},
       1300ms,
       Answer::wait,
       false},
      {"in the second pause, which is longer",
       {takes_off(0s), parks(0s), fails(1s), takes_off(1200ms), fails(1300ms)},
       1499ms,
       Answer::wait,
       false},
      {"a pause that leaves no time for a last try", long_outage, 3999ms, Answer::wait, false},
      {"is cut short", long_outage, 4s, Answer::wait, true},
      {"the vigil ends in a flight",
       {takes_off(0s), parks(0s), fails(1s), takes_off(1200ms)},
       5s,
       Answer::failure,
       false},
      {"the vigil ends in a pause that is longer than what is left of it",
       {takes_off(0s), parks(0s), fails(4950ms)},
       4951ms,
       Answer::failure,
       false},
  });
}

TEST(Refresh, WhatWillNotPassEndsTheVigilAtOnce) {
  for (int i = 0; i <= static_cast<int>(Cause::local); ++i) {
    const Cause cause{i};
    SCOPED_TRACE(describe(cause));
    const Refresh refresh = after({takes_off(0s), parks(0s), fails(10ms, cause)});
    const Answer expected = may_pass(cause) ? Answer::wait : Answer::failure;
    EXPECT_EQ(words(refresh.answer(kStart + 20ms)), words(expected));
  }
}

TEST(Refresh, WhoComesInAPauseWithoutAVigilGetsTheFailureAtOnce) {
  check({
      {"in the pause", {takes_off(0s), fails(1s)}, 1050ms, Answer::failure, false},
      {"of what will not pass",
       {takes_off(0s), parks(0s), fails(1s, Cause::no_role), all_leave()},
       1050ms,
       Answer::failure,
       false},
      {"after the pause: another flight", {takes_off(0s), fails(1s)}, 1200ms, Answer::wait, true},
      {"after the pause, of what did not pass at first",
       {takes_off(0s), parks(0s), fails(1s, Cause::no_role), all_leave()},
       1200ms,
       Answer::wait,
       true},
  });
}

TEST(Refresh, WithACredentialInHandAReaderWaitsForPatienceFromTheFlightsStart) {
  check({
      {"not due", {lands(0s, 6h)}, 599999ms, Answer::in_hand, false},
      {"due", {lands(0s, 6h)}, 600s, Answer::wait, true},
      {"due for an hour, unread", {lands(0s, 6h)}, 4200s, Answer::wait, true},
      {"patience's last moment",
       {lands(0s, 6h), takes_off(600s), parks(600s)},
       600999ms,
       Answer::wait,
       false},
      {"patience is over", {lands(0s, 6h), takes_off(600s)}, 601s, Answer::in_hand, false},
      {"for who came late too: it counts from the flight's start",
       {lands(0s, 6h), takes_off(600s), parks(600900ms)},
       601s,
       Answer::in_hand,
       false},
      {"it landed",
       {lands(0s, 6h), takes_off(600s), lands(600s, 6h)},
       601s,
       Answer::in_hand,
       false},
      {"it landed: due once more",
       {lands(0s, 6h), takes_off(600s), lands(600s, 6h)},
       1200s,
       Answer::wait,
       true},
  });
}

TEST(Refresh, AfterAFailedFlightNobodyWaitsWhileTheOneInHandIsValid) {
  const Story failed = {lands(0s, 6h), takes_off(600s), parks(600s), fails(600200ms)};
  auto then = [&](Story more) {
    more.insert(more.begin(), failed.begin(), failed.end());
    return more;
  };
  check({
      {"at once", failed, 600200ms, Answer::in_hand, false},
      {"in the pause", failed, 600699ms, Answer::in_hand, false},
      {"after it: behind the reader's back", failed, 601200ms, Answer::in_hand, true},
      {"in the next flight", then({takes_off(601200ms)}), 601300ms, Answer::in_hand, false},
      {"in the next pause", then({takes_off(601200ms), fails(601300ms)}), 602299ms, Answer::in_hand,
       false},
      {"what will not pass is no different",
       {lands(0s, 6h), takes_off(600s), fails(600200ms, Cause::no_role)},
       600300ms,
       Answer::in_hand,
       false},
      {"an outage that is over is forgotten", then({takes_off(601200ms), lands(601200ms, 6h)}),
       1201200ms, Answer::wait, true},
  });
}

TEST(Refresh, NobodyWaitsBeyondTheVigilWhateverThePatience) {
  Refresh::Policy policy;
  policy.patience = 60s;
  const Refresh refresh = after({lands(0s, 6h), takes_off(600s), parks(600s)}, policy);
  EXPECT_EQ(words(refresh.answer(kStart + 605s - 1ns)), "wait");
  EXPECT_EQ(refresh.wake_at(kStart + 601s), kStart + 605s);
  EXPECT_EQ(words(refresh.answer(kStart + 605s)), "in hand");
}

TEST(Refresh, TheSameCredentialConfirmedIsNotAskedForWithinAMinute) {
  check({
      {"in its last half hour", {confirms(0s, 20min)}, 59999ms, Answer::in_hand, false},
      {"a minute later", {confirms(0s, 20min)}, 60s, Answer::wait, true},
      {"long before its end", {confirms(0s, 5h)}, 599999ms, Answer::in_hand, false},
      {"the minute counts from the landing",
       {takes_off(0s), confirms(3s, 20min)},
       62999ms,
       Answer::in_hand,
       false},
      {"and is over then", {takes_off(0s), confirms(3s, 20min)}, 63s, Answer::wait, true},
  });
}

TEST(Refresh, AnExpiredCredentialIsNothingInHand) {
  // Of 100 s: due after 50.
  check({
      {"the last moment", {lands(0s, 100s), fails(60s)}, 99999ms, Answer::in_hand, true},
      {"the end", {lands(0s, 100s)}, 100s, Answer::wait, true},
      {"the end in a flight whose patience was over",
       {lands(0s, 100s), takes_off(98s)},
       100s,
       Answer::wait,
       false},
      {"it ends while a reader waits: then for the rest of the vigil",
       {lands(0s, 100s), takes_off(99800ms), parks(99800ms)},
       104799ms,
       Answer::wait,
       false},
      {"and no longer",
       {lands(0s, 100s), takes_off(99800ms), parks(99800ms)},
       104800ms,
       Answer::failure,
       false},
      {"it ends while a reader waits, and the flight fails",
       {lands(0s, 100s), takes_off(99800ms), parks(99800ms), fails(100200ms)},
       100250ms,
       Answer::wait,
       false},
      {"it ends while a reader waits, and the flight fails for good",
       {lands(0s, 100s), takes_off(99800ms), parks(99800ms), fails(100200ms, Cause::no_role)},
       100250ms,
       Answer::failure,
       false},
      {"it ends in a pause, which becomes the short one of the empty-handed",
       {lands(0s, 100s), takes_off(99900ms), fails(99950ms)},
       100150ms,
       Answer::wait,
       true},
  });
}

TEST(Refresh, TellsWhyThereIsNothing) {
  struct Told {
    const char* name;
    Story story;
    Cause cause;
  };
  const std::vector<Told> rows = {
      {"the last flight's failure", {takes_off(0s), parks(0s), fails(1s)}, Cause::refused},
      {"though another flight is under way",
       {takes_off(0s), parks(0s), fails(1s), takes_off(1200ms)},
       Cause::refused},
      {"the newest", {takes_off(0s), fails(1s), fails(2s, Cause::no_role)}, Cause::no_role},
      {"a flight that takes all of the vigil", {takes_off(0s), parks(0s)}, Cause::timed_out},
      {"not what was wrong before this vigil began",
       {takes_off(0s), fails(1s), takes_off(60s), parks(60s)},
       Cause::timed_out},
  };
  for (const Told& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(describe(after(row.story).failure().cause), describe(row.cause));
  }
}

}  // namespace
}  // namespace ramrolefs::unit
