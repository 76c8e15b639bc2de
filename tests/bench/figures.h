// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/bench/slice.h"

namespace ramrolefs::bench {

/// What is told of many times: where most of them are, and the slowest hundredth.
struct Figures {
  Seconds tenth{};
  Seconds median{};
  Seconds ninetieth{};
  Seconds last_hundredth{};
  Seconds worst{};
  double rate = 0;  // reads per second, of all readers together
};

/// Of one slice, or of any times. Requires: there are some.
Figures figures_of(const Slice& slice);

/// Member by member, the median of the rounds: a round that was disturbed does not count.
/// Requires: there are some.
Figures median_of(const std::vector<Figures>& rounds);

/// For people, with three digits: "4.06 µs", "13.2 ms", "1.20 s".
std::string in_words(Seconds time);

/// A range: "4.01–4.40 µs", "980 µs–1.20 ms".
std::string in_words(Seconds from, Seconds to);

/// For people, with three digits that count: "241,000".
std::string in_words(double count);

}  // namespace ramrolefs::bench
