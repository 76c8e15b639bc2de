// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace ramrolefs {

/// The clock of the metadata service and of the machine: UTC, may jump either way.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// CLOCK_BOOTTIME: never goes back, and runs on while the machine is suspended (clock_gettime(2)),
/// as the life of a credential does.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;  // NOLINT(readability-identifier-naming): std's name
};
using SteadyTime = BootClock::time_point;
using Duration = BootClock::duration;

/// Where time comes from: one of the two seams for tests.
///
/// Threads   any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;  // for what people read, and where the service sent no Date
  virtual SteadyTime steady() const = 0;  // for everything that is counted down
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  SteadyTime steady() const override;
};

}  // namespace ramrolefs
