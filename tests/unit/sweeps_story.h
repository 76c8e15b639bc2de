// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fusefs/served_files.h"
#include "fusefs/sweeps.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {

constexpr Duration kWindow = std::chrono::seconds(5);

// The names of a set.
constexpr Place kA = kAccessKeyId;
constexpr Place kB{3};
constexpr Place kC{4};

/// A process that is of nobody's kin: old, and of a session of its own.
constexpr Kin loner(pid_t process) {
  return {process, process + 1000, process, process, std::chrono::hours(1)};
}

/// What a test of Sweeps tells: LOOKUPs, before each of which a newer generation comes about. So
/// the answer says with which LOOKUP, counted from 1, the sweep began that it belongs to.
class SweepsStory {
 public:
  Sweeps& sweeps() { return sweeps_; }
  SteadyTime now() const { return now_; }
  void wait(Duration time) { now_ += time; }

  int lookup(const Kin& kin, Place name) {
    return static_cast<int>(sweeps_.lookup(kin, name, GenerationId{++lookups_}, now_));
  }

 private:
  Sweeps sweeps_{kWindow};
  SteadyTime now_ = kStart;
  std::uint64_t lookups_ = 0;
};

/// A LOOKUP of a reader, after a pause since its last.
struct Ask {
  Duration pause;
  Place name;
};

/// With which LOOKUP each one's sweep began, if one process asks: "1 1 3".
inline std::string begins(const std::vector<Ask>& asks) {
  SweepsStory story;
  std::string told;
  for (const Ask& ask : asks) {
    story.wait(ask.pause);
    told += (told.empty() ? "" : " ") + std::to_string(story.lookup(loner(100), ask.name));
  }
  return told;
}

}  // namespace ramrolefs::unit
