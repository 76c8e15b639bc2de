// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/times.h"

#include <array>
#include <ctime>

namespace ramrolefs::emulator {
namespace {

std::string format(WallTime time, const char* pattern) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), pattern, &parts)};
}

}  // namespace

Moment machine_now() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

std::string iso8601(WallTime time) {
  return format(time, "%Y-%m-%dT%H:%M:%SZ");
}

// The names of days and months are English because nobody here calls setlocale.
std::string http_date(WallTime time) {
  return format(time, "%a, %d %b %Y %H:%M:%S GMT");
}

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace ramrolefs::emulator
