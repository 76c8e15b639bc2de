// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "common/clock.h"

namespace ramrolefs::unit {

/// What a FakeClock shows at first. Not zero: that is what a clock which nobody read shows.
constexpr SteadyTime kStart{std::chrono::hours(1)};
constexpr std::chrono::sys_seconds kStartOfWall{
    std::chrono::sys_days(std::chrono::year(2017) / 11 / 1)};

/// A clock that stands still until a test moves it.
///
/// Threads   any.
class FakeClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(Duration(wall_)); }
  SteadyTime steady() const override { return SteadyTime(Duration(steady_)); }

  /// Time passes. Requires: `by` is not negative.
  void advance(Duration by) {
    steady_ += by.count();
    wall_ += by.count();
  }

  /// Somebody sets the machine's clock: no time passes.
  void set_wall(WallTime to) { wall_ = to.time_since_epoch().count(); }

 private:
  std::atomic<Duration::rep> steady_ = kStart.time_since_epoch().count();
  std::atomic<Duration::rep> wall_ = WallTime(kStartOfWall).time_since_epoch().count();
};

}  // namespace ramrolefs::unit
