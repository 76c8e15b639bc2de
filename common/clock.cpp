// SPDX-License-Identifier: Apache-2.0
#include "common/clock.h"

#include <ctime>

namespace ramrolefs {
namespace {

std::chrono::nanoseconds read_clock(clockid_t id) {
  timespec time{};
  clock_gettime(id, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

WallTime SystemClock::wall() const {
  return WallTime(read_clock(CLOCK_REALTIME));
}

SteadyTime SystemClock::steady() const {
  return SteadyTime(read_clock(CLOCK_BOOTTIME));
}

}  // namespace ramrolefs
