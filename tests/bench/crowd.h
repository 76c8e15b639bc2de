// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <vector>

#include "tests/bench/slice.h"

namespace ramrolefs::bench {

/// Many processes that read one file, each for itself: reads, pauses for a fifth of a second, more
/// or less, and reads again, until this ends.
///
/// Threads   one, which has started no other: it forks.
/// Owns      the processes.
class Crowd {
 public:
  Crowd(int readers, std::string path);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();

  /// From now on, look for each reader's longest read, and for another content.
  void start_over();

  /// Whether all of them have seen another content since start_over().
  bool all_have_seen() const { return shared_->have_seen == static_cast<int>(pids_.size()); }

  /// Each reader's longest read since start_over().
  std::vector<Seconds> longest() const;

  bool failed() const { return shared_->failed; }

 private:
  static constexpr std::size_t kMost = 1000;

  /// Memory that all of the processes see.
  struct Shared {
    std::atomic<bool> end = false;
    std::atomic<bool> failed = false;
    std::atomic<int> have_seen = 0;
    std::atomic<Seconds> longest[kMost] = {};
  };

  [[noreturn]] void read_all_the_time(std::size_t number);

  std::string path_;
  Shared* shared_;
  std::vector<pid_t> pids_;
};

}  // namespace ramrolefs::bench
