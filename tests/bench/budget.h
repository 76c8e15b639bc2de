// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "common/clock.h"

namespace ramrolefs::bench {

/// Counts the flights of some time, and finds when most of them were.
class Flights {
 public:
  explicit Flights(Duration window) : window_(window) {}

  void add(SteadyTime at);

  long all() const { return all_; }
  /// In the busiest stretch of time that is as long as the window.
  long most() const { return most_; }

 private:
  Duration window_;
  std::deque<SteadyTime> recent_;
  long all_ = 0;
  long most_ = 0;
};

/// What may be asked of the metadata service: six flights in any hour, and sixty more in the half
/// hour before an Expiration.
class Budget {
 public:
  void add(SteadyTime at, bool in_last_half_hour) { (in_last_half_hour ? last_ : usual_).add(at); }

  const Flights& usual() const { return usual_; }
  const Flights& last() const { return last_; }
  bool exceeded() const { return usual_.most() > 6 || last_.most() > 60; }

 private:
  Flights usual_{std::chrono::hours(1)};
  Flights last_{std::chrono::minutes(30)};
};

}  // namespace ramrolefs::bench
