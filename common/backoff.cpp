// SPDX-License-Identifier: Apache-2.0
#include "common/backoff.h"

#include <algorithm>

namespace ramrolefs {

void Backoff::failed() {
  failures_ = std::min(failures_ + 1, 1'000'000);
  share_ = std::uniform_real_distribution(0.5, 1.0)(random_);
}

Duration Backoff::pause(const Range& range) const {
  Duration full = range.first;
  for (int i = 1; i < failures_ && full < range.longest; ++i) full *= 2;
  full = std::min(full, range.longest);
  return std::chrono::duration_cast<Duration>(full * share_);
}

}  // namespace ramrolefs
