// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace ramrolefs::emulator {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// One instant on both clocks: the steady one for what expires, the wall one for what is shown.
struct Moment {
  SteadyTime steady;
  WallTime wall;
};

/// The machine's own idea of now. The emulated one is EmulatedService::wall.
Moment machine_now();

/// As the service writes Expiration: `2017-11-01T05:20:01Z`, whole seconds, rounded down.
std::string iso8601(WallTime time);

/// As HTTP writes Date: `Wed, 01 Nov 2017 05:20:01 GMT`.
std::string http_date(WallTime time);

/// Seconds as people and JSON write them.
double in_seconds(Duration duration);

}  // namespace ramrolefs::emulator
