// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/failure.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {

/// How many causes of failure there are: the last of the list, and one.
inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::local) + 1;

/// What is counted since the mount was made. Nothing of it ever goes down.
struct Counters {
  /// Up to how long a flight of each bucket took; one bucket more is for the rest.
  static constexpr std::array<std::chrono::milliseconds, 11> kBuckets{
      std::chrono::milliseconds(5),    std::chrono::milliseconds(10),
      std::chrono::milliseconds(25),   std::chrono::milliseconds(50),
      std::chrono::milliseconds(100),  std::chrono::milliseconds(250),
      std::chrono::milliseconds(500),  std::chrono::milliseconds(1000),
      std::chrono::milliseconds(2500), std::chrono::milliseconds(5000),
      std::chrono::milliseconds(10000)};

  std::uint64_t started = 0;                              // flights
  std::uint64_t rotated = 0;                              // of them, brought a new credential
  std::uint64_t confirmed = 0;                            // brought the one in hand
  std::array<std::uint64_t, kCauses> failed{};            // did not, by cause
  std::array<std::uint64_t, kBuckets.size() + 1> took{};  // all that ended, by how long they took
  std::int64_t took_nanoseconds = 0;                      // in all
  std::uint64_t lookups = 0;  // of files that hold values, as far as they reach us
  std::uint64_t parked = 0;   // readers

  std::uint64_t failed_in_all() const;
  bool operator==(const Counters&) const = default;
};

/// Counts what becomes of flights and readers, for those who look after a mount. It outlives the
/// process that serves, as all that is in a snapshot does.
///
/// Threads   one at a time.
/// Time      asks no clock. What is told to people is in wall time.
class Statistics {
 public:
  /// The last flight that failed.
  struct LastFailure {
    Failure failure;
    WallTime when;
    std::uint64_t in_a_row;  // how many had failed up to it, with none between that did not
    bool over;               // one that did not fail came after it
  };

  /// `since`: when the mount was made.
  explicit Statistics(WallTime since) : since_(since) {}

  void started(SteadyTime now);
  /// A flight brought a credential, or confirmed the one in hand. `skew`: this machine's clock
  /// minus the service's.
  void landed(bool is_new, std::optional<std::chrono::seconds> skew, SteadyTime now, WallTime wall);
  void failed(const Failure& failure, SteadyTime now, WallTime wall);
  void looked_up() { ++counters_.lookups; }
  void parked() { ++counters_.parked; }

  const Counters& counters() const { return counters_; }
  WallTime since() const { return since_; }
  /// When the last flight landed that did not fail; nothing if none has.
  std::optional<WallTime> fetched() const { return fetched_; }
  std::optional<std::chrono::seconds> skew() const { return skew_; }
  const std::optional<LastFailure>& last_failure() const { return last_failure_; }

  void save(SnapshotWriter& writer) const;
  /// In place of what there is. If false, it is to be thrown away.
  bool restore(SnapshotReader& reader);

 private:
  void ended(SteadyTime now);

  Counters counters_;
  WallTime since_;
  SteadyTime took_off_;
  std::optional<WallTime> fetched_;
  std::optional<std::chrono::seconds> skew_;
  std::optional<LastFailure> last_failure_;
};

}  // namespace ramrolefs
