// SPDX-License-Identifier: Apache-2.0
// How the state of a Filesystem gets from one process to the next.
#include <array>
#include <cstring>
#include <random>

#include "common/log.h"
#include "fusefs/checksum.h"
#include "fusefs/filesystem.h"

namespace ramrolefs {

/// Which program's snapshots can be read: kLayout, and what betrays that it was forgotten to raise
/// it.
std::uint64_t Filesystem::layout() {
  const std::array<std::uint64_t, 9> sizes{
      kLayout,           Generations::layout(), Sweeps::layout(),   Announcements::layout(),
      sizeof(Followers), sizeof(Refresh),       sizeof(Statistics), sizeof(StateFiles),
      sizeof(Filesystem)};
  std::uint64_t tag = checksum_of(std::as_bytes(std::span(sizes)));
  for (const ServedFile& file : kServedFiles) {
    tag = checksum_of(std::as_bytes(std::span(file.name)), tag + static_cast<unsigned>(file.place));
  }
  return tag;
}

void Filesystem::save(SnapshotWriter& writer) const {
  writer.put(layout());
  template_places_.save(writer);
  view_numbers_.save(writer);
  generations_.save(writer);
  refresh_.save(writer);
  sweeps_.save(writer);
  followers_.save(writer);
  announcements_.save(writer);
  statistics_.save(writer);
  state_files_.save(writer);
  writer.put(changed_);
  writer.put(whole_life_);
  writer.put(was_read_);
  writer.put_count(hurried_.size());
  for (const auto& [thread, until] : hurried_) {
    writer.put(thread);
    writer.put(until);
  }
  writer.put(some_left_);
  writer.put(parked_may_be_late_);
  writer.seal();
}

bool Filesystem::restore(SnapshotReader& reader) {
  ++changes_;
  if (!reader.sealed() || !restore_all(reader)) {
    start_over();
    return false;
  }
  generations_.set_region(options_.region);
  // Its newest generation may be the one that could not be read.
  if (generations_.current(clock_.steady()) == nullptr) refresh_.lost();
  return true;
}

bool Filesystem::restore_all(SnapshotReader& reader) {
  std::uint64_t tag = 0;
  if (!reader.get(tag) || tag != layout() || !template_places_.restore(reader) ||
      !view_numbers_.restore(reader)) {
    return false;
  }
  tree_ = plant();
  return generations_.restore(reader) && refresh_.restore(reader) && sweeps_.restore(reader) &&
         followers_.restore(reader) && announcements_.restore(reader) &&
         statistics_.restore(reader) && state_files_.restore(reader) && reader.get(changed_) &&
         reader.get(whole_life_) && reader.get(was_read_) && restore_hurried(reader) &&
         reader.get(some_left_) && reader.get(parked_may_be_late_) && reader.at_end();
}

bool Filesystem::restore_hurried(SnapshotReader& reader) {
  hurried_.clear();
  return reader.each([&] {
    pid_t thread = 0;
    SteadyTime until;
    return reader.get(thread) && reader.get(until) && hurried_.emplace(thread, until).second;
  });
}

/// Of a mount that could not be taken over, the kernel may still hold some: numbers that grow by
/// the clock are none of theirs.
StateFiles Filesystem::no_state_files() const {
  const auto since_boot = clock_.steady().time_since_epoch();
  return {options_.root.access, options_.status_mode,
          static_cast<std::uint64_t>(
              std::chrono::floor<std::chrono::milliseconds>(since_boot).count()) +
              1};
}

void Filesystem::start_over() {
  template_places_.start_over();
  view_numbers_.start_over();
  tree_ = plant();
  generations_.start_over();
  generations_.set_region(options_.region);
  refresh_ = Refresh(options_.refresh, std::random_device{}());
  sweeps_ = Sweeps(options_.read_window);
  followers_ = Followers();
  announcements_ = Announcements(tree_);
  if (const auto& lost = generations_.lost()) announcements_.take_over_from(lost->id);
  hurried_.clear();
  statistics_ = Statistics(clock_.wall());
  state_files_ = no_state_files();
  changed_ = wall_now();
  whole_life_ = Duration::zero();
  was_read_ = some_left_ = parked_may_be_late_ = false;
}

void Filesystem::resume(Duration outage) {
  const SteadyTime now = clock_.steady();
  ++changes_;
  sweeps_.stood_still(outage);
  announcements_.again();
  warn_if_unlocked();
  const Generation* current = generations_.current(now);
  if (current != nullptr && options_.role && current->role() != *options_.role) {
    refresh_.due_by(now + options_.read_window + kLongestTimeout);  // lest it tears a set
  }
  render_anew(now);
  // It began when it began: patience and vigil are counted from that.
  if (refresh_.flying()) take_off_();
}

void Filesystem::warn_if_unlocked() {
  const int error = memory_.lock_error();
  if (error == 0 || warned_) return;
  warned_ = true;
  log::warning("secrets may get into the swap: mlock: {}", std::strerror(error));
}

}  // namespace ramrolefs
