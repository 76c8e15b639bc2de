// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/budget.h"

#include <algorithm>

namespace ramrolefs::bench {

void Flights::add(SteadyTime at) {
  ++all_;
  recent_.push_back(at);
  while (at - recent_.front() >= window_) recent_.pop_front();
  most_ = std::max(most_, static_cast<long>(recent_.size()));
}

}  // namespace ramrolefs::bench
