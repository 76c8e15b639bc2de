// SPDX-License-Identifier: Apache-2.0
#include "fusefs/statistics.h"

#include <algorithm>
#include <numeric>

namespace ramrolefs {

std::uint64_t Counters::failed_in_all() const {
  return std::accumulate(failed.begin(), failed.end(), std::uint64_t{0});
}

void Statistics::started(SteadyTime now) {
  ++counters_.started;
  took_off_ = now;
}

void Statistics::ended(SteadyTime now) {
  const Duration took = std::max(now - took_off_, Duration::zero());
  const auto bucket = std::lower_bound(Counters::kBuckets.begin(), Counters::kBuckets.end(), took);
  ++counters_.took.at(static_cast<std::size_t>(bucket - Counters::kBuckets.begin()));
  counters_.took_nanoseconds += took.count();
}

void Statistics::landed(bool is_new, std::optional<std::chrono::seconds> skew, SteadyTime now,
                        WallTime wall) {
  ended(now);
  ++(is_new ? counters_.rotated : counters_.confirmed);
  fetched_ = wall;
  skew_ = skew;
  if (last_failure_) last_failure_->over = true;
}

void Statistics::failed(const Failure& failure, SteadyTime now, WallTime wall) {
  ended(now);
  ++counters_.failed.at(static_cast<std::size_t>(failure.cause));
  const bool goes_on = last_failure_ && !last_failure_->over;
  last_failure_ = {failure, wall, goes_on ? last_failure_->in_a_row + 1 : 1, false};
}

void Statistics::save(SnapshotWriter& writer) const {
  writer.put(counters_);
  writer.put(since_);
  writer.put(took_off_);
  writer.put(fetched_);
  writer.put(skew_);
  writer.put(last_failure_.has_value());
  if (!last_failure_) return;
  writer.put(last_failure_->failure.cause);
  writer.put(std::string_view(last_failure_->failure.detail));
  writer.put(last_failure_->when);
  writer.put(last_failure_->in_a_row);
  writer.put(last_failure_->over);
}

bool Statistics::restore(SnapshotReader& reader) {
  bool failed = false;
  if (!reader.get(counters_) || !reader.get(since_) || !reader.get(took_off_) ||
      !reader.get(fetched_) || !reader.get(skew_) || !reader.get(failed)) {
    return false;
  }
  last_failure_.reset();
  if (!failed) return true;
  LastFailure& last = last_failure_.emplace();
  return reader.get(last.failure.cause) && static_cast<std::size_t>(last.failure.cause) < kCauses &&
         reader.get(last.failure.detail) && reader.get(last.when) && reader.get(last.in_a_row) &&
         reader.get(last.over);
}

}  // namespace ramrolefs
