// SPDX-License-Identifier: Apache-2.0
#include "common/due.h"

#include <algorithm>

namespace ramrolefs {

SteadyTime due_at(const Lifetime& lifetime, const DuePolicy& policy) {
  const bool is_short = lifetime.whole < std::chrono::hours(1);
  const Duration before =
      is_short ? std::min(policy.refresh_before, lifetime.whole / 2) : policy.refresh_before;
  SteadyTime ending = lifetime.expires_at - before;
  if (ending <= lifetime.confirmed_at) ending = lifetime.confirmed_at + kAskAgain;
  return std::min(ending, lifetime.confirmed_at + policy.max_age);
}

}  // namespace ramrolefs
