// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>

#include "tests/emulator/random_text.h"
#include "tests/emulator/times.h"

namespace ramrolefs::emulator {

/// The metadata tokens given out and not yet expired.
///
/// Threads  call it from one thread at a time.
/// Time     asks no clock: callers pass `now`.
class Tokens {
 public:
  /// A new token that is valid until now + ttl.
  std::string issue(RandomText& random, Duration ttl, SteadyTime now);

  bool valid(const std::string& token, SteadyTime now) const;

  /// Every token given out so far is invalid from here on.
  void invalidate_all();

 private:
  std::unordered_map<std::string, SteadyTime> expiry_;
};

}  // namespace ramrolefs::emulator
