// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/figures.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace ramrolefs::bench {
namespace {

struct Unit {
  double seconds;
  const char* name;
};
constexpr std::array kUnits{Unit{1, "s"}, Unit{1e-3, "ms"}, Unit{1e-6, "µs"}};

Seconds at(const std::vector<Seconds>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

template <typename Value>
Value median_of(const std::vector<Figures>& rounds, Value Figures::*member) {
  std::vector<Value> values;
  std::transform(rounds.begin(), rounds.end(), std::back_inserter(values),
                 [member](const Figures& round) { return round.*member; });
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

const Unit& unit_of(Seconds time) {
  const auto fits = [time](const Unit& unit) { return time.count() >= unit.seconds; };
  const auto* found = std::find_if(kUnits.begin(), kUnits.end(), fits);
  return found != kUnits.end() ? *found : kUnits.back();
}

/// With three digits that count.
std::string number(Seconds time) {
  const double value = time.count() / unit_of(time).seconds;
  const int whole = value < 10 ? 1 : value < 100 ? 2 : 3;
  return fmt::format("{:.{}f}", value, 3 - whole);
}

}  // namespace

Figures figures_of(const Slice& slice) {
  std::vector<Seconds> sorted = slice.times;
  std::sort(sorted.begin(), sorted.end());
  const double rate =
      slice.length.count() > 0 ? static_cast<double>(sorted.size()) / slice.length.count() : 0;
  return {at(sorted, 0.1), at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), sorted.back(), rate};
}

Figures median_of(const std::vector<Figures>& rounds) {
  return {median_of(rounds, &Figures::tenth),     median_of(rounds, &Figures::median),
          median_of(rounds, &Figures::ninetieth), median_of(rounds, &Figures::last_hundredth),
          median_of(rounds, &Figures::worst),     median_of(rounds, &Figures::rate)};
}

std::string in_words(Seconds time) {
  return number(time) + " " + unit_of(time).name;
}

std::string in_words(Seconds from, Seconds to) {
  const bool alike = unit_of(from).name == unit_of(to).name;
  return (alike ? number(from) : in_words(from)) + "–" + in_words(to);
}

std::string in_words(double count) {
  const double step = std::pow(10, std::max(0.0, std::floor(std::log10(std::max(count, 1.0))) - 2));
  std::string digits = fmt::format("{:.0f}", std::round(count / step) * step);
  for (auto place = static_cast<int>(digits.size()) - 3; place > 0; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

}  // namespace ramrolefs::bench
