// SPDX-License-Identifier: Apache-2.0
// How Sweeps go from one process to the next.
#include <utility>

#include "fusefs/sweeps.h"

namespace ramrolefs {

void Sweeps::stood_still(Duration time) {
  for (auto& [key, known] : sweeps_) known.last += time;
  std::uint64_t number = ++saves_;  // each sweep once, under however many keys it is known
  for (auto& [key, known] : sweeps_) {
    if (std::exchange(known.sweep->saved, number) != number) known.sweep->last += time;
  }
  for (auto& [generation, times] : times_) times.last += time;
  if (clean_up_at_) *clean_up_at_ += time;
}

/// A sweep is written with the first key under which it is known, and named by its number after
/// that.
void Sweeps::save(SnapshotWriter& writer) const {
  ++saves_;
  std::uint32_t count = 0;
  writer.put_count(sweeps_.size());
  for (const auto& [key, known] : sweeps_) {
    writer.put(key.relation);
    writer.put(key.number);
    writer.put(key.session);
    writer.put(known.last);
    const bool first = std::exchange(known.sweep->saved, saves_) != saves_;
    if (first) known.sweep->number = count++;
    writer.put(known.sweep->number);
    if (first) known.sweep->save(writer);
  }
  writer.put_count(times_.size());
  for (const auto& [generation, times] : times_) {
    writer.put(generation);
    writer.put(times.began);
    writer.put(times.last);
  }
  writer.put(clean_up_at_);
}

bool Sweeps::restore(SnapshotReader& reader) {
  *this = Sweeps(window_);
  if (restore_all(reader)) return true;
  *this = Sweeps(window_);
  return false;
}

bool Sweeps::restore_all(SnapshotReader& reader) {
  std::vector<std::shared_ptr<Sweep>> sweeps;
  const auto get_known = [&] {
    Key key{};
    Known known;
    std::uint32_t number = 0;
    if (!reader.get(key.relation) || !reader.get(key.number) || !reader.get(key.session) ||
        !reader.get(known.last) || !reader.get(number)) {
      return false;
    }
    if (number == sweeps.size()) {
      sweeps.push_back(std::make_shared<Sweep>());
      if (!sweeps.back()->restore(reader)) return false;
    }
    if (number >= sweeps.size() || sweeps_.size() >= kMostKeys) return false;
    known.sweep = sweeps[number];
    sweeps_.emplace_hint(sweeps_.end(), key, std::move(known));
    return true;
  };
  const auto get_times = [&] {
    GenerationId generation{};
    Times times;
    return reader.get(generation) && reader.get(times.began) && reader.get(times.last) &&
           times_.emplace(generation, times).second;
  };
  return reader.each(get_known) && reader.each(get_times) && reader.get(clean_up_at_);
}

void Sweeps::Sweep::save(SnapshotWriter& writer) const {
  writer.put(generation);
  writer.put(began);
  writer.put(last);
  writer.put(midway);
  writer.put(last_name);
  writer.put(names);
  writer.put(burst);
  writer.put(slow);
  writer.put(started_over);
  writer.put(in_one_go);
}

bool Sweeps::Sweep::restore(SnapshotReader& reader) {
  return reader.get(generation) && reader.get(began) && reader.get(last) && reader.get(midway) &&
         reader.get(last_name) && reader.get(names) && reader.get(burst) && reader.get(slow) &&
         reader.get(started_over) && reader.get(in_one_go);
}

}  // namespace ramrolefs
