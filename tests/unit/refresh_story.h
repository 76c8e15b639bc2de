// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/refresh.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {

/// What happens to a Refresh, one event after another: how tests say which state they mean. Moments
/// count from kStart.
using Event = std::function<void(Refresh&)>;
using Story = std::vector<Event>;

inline Event takes_off(Duration at) {
  return [=](Refresh& refresh) { refresh.took_off(kStart + at); };
}

/// A flight that lands at `at` brings a credential with all of its life, `left`, before it.
inline Event lands(Duration at, Duration left) {
  return [=](Refresh& refresh) { refresh.landed({kStart + at, kStart + at + left, left}); };
}

/// A flight that lands at `at` confirms a credential of six hours with `left` of them left.
inline Event confirms(Duration at, Duration left) {
  return [=](Refresh& refresh) {
    refresh.landed({kStart + at, kStart + at + left, std::chrono::hours(6)});
  };
}

inline Event fails(Duration at, Cause cause = Cause::refused) {
  return [=](Refresh& refresh) { refresh.failed({cause, "by the story"}, kStart + at); };
}

inline Event parks(Duration at) {
  return [=](Refresh& refresh) { refresh.parked(kStart + at); };
}

inline Event asks(Duration at) {
  return [=](Refresh& refresh) { refresh.ask(kStart + at); };
}

inline Event all_leave() {
  return [](Refresh& refresh) { refresh.nobody_parked(); };
}

/// The state in which the story leaves it.
inline Refresh after(const Story& story, const Refresh::Policy& policy = {}) {
  Refresh refresh(policy, /*seed=*/1);
  for (const Event& event : story) event(refresh);
  return refresh;
}

inline std::string words(Answer answer) {
  switch (answer) {
    case Answer::in_hand:
      return "in hand";
    case Answer::wait:
      return "wait";
    case Answer::failure:
      return "failure";
  }
  return "unknown";
}

}  // namespace ramrolefs::unit
