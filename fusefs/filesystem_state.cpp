// SPDX-License-Identifier: Apache-2.0
// What a Filesystem tells of itself: `.ramrolefs`. None of it is a read of a value, asks anything
// of the metadata service, or waits.
#include <cerrno>

#include "fusefs/filesystem.h"
#include "fusefs/status_report.h"
#include "fusefs/version.h"

namespace ramrolefs {
namespace {

std::chrono::sys_seconds in_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

timespec to_timespec(WallTime time) {
  const auto seconds = in_seconds(time);
  return {seconds.time_since_epoch().count(), (time - seconds).count()};
}

}  // namespace

tl::expected<Entry, Errno> Filesystem::lookup_state(InodeNumber parent, std::string_view name) {
  const timespec mounted = to_timespec(statistics_.since());
  if (parent == kRoot) {
    const auto attributes = *state_files_.attributes(StateFiles::kInode, mounted);
    return Entry{StateFiles::kInode, attributes, attributes.timeout};
  }
  if (parent != StateFiles::kInode) return tl::unexpected(Errno{ENOTDIR});
  for (const auto& file : StateFiles::kFiles) {
    if (file.name != name) continue;
    const Status now = status();
    ++changes_;
    const InodeNumber inode = state_files_.keep(
        file.place, file.place == StateFiles::kStatus ? to_json(now) : to_metrics(now), wall_now());
    return Entry{inode, *state_files_.attributes(inode, mounted), Duration::zero()};
  }
  return tl::unexpected(Errno{ENOENT});
}

std::variant<Attributes, Errno, Park> Filesystem::getattr_state(InodeNumber inode) const {
  const auto attributes = state_files_.attributes(inode, to_timespec(statistics_.since()));
  if (attributes) return *attributes;
  return Errno{ESTALE};
}

std::variant<std::string_view, Errno, Park> Filesystem::read_state(InodeNumber inode) const {
  if (const auto text = state_files_.text(inode)) return *text;
  return Errno{ESTALE};
}

tl::expected<std::vector<Filesystem::Name>, Errno> Filesystem::list_state(InodeNumber directory) {
  if (directory != StateFiles::kInode) return tl::unexpected(Errno{ENOTDIR});
  std::vector<Name> names{{".", directory, S_IFDIR}, {"..", kRoot, S_IFDIR}};
  for (const auto& file : StateFiles::kFiles) {  // a name that is looked up gets another number
    names.push_back({file.name, InodeNumber(GenerationId{0}, file.place, kStateView), S_IFREG});
  }
  return names;
}

State Filesystem::state(SteadyTime now) const {
  if (!refresh_.valid(now)) return refresh_.has_failed() ? State::failed : State::idle;
  return refresh_.has_failed() && refresh_.due(now) ? State::stale : State::fresh;
}

Status Filesystem::status() const {
  const SteadyTime now = clock_.steady();
  const WallTime wall = clock_.wall();
  const Outside outside = outside_ ? outside_() : Outside{};
  Status status;
  status.version = version();
  status.mount_point = options_.mount_point;
  status.now = in_seconds(wall);
  status.since = in_seconds(statistics_.since());
  status.state = state(now);
  if (const Generation* generation = generations_.current(now)) {
    status.in_hand = {
        std::string(generation->role()), static_cast<std::uint64_t>(generation->id()),
        generation->expiration(),
        std::chrono::floor<std::chrono::seconds>(generations_.expires_at(*generation) - now),
        in_seconds(wall + (refresh_.due_from() - now))};
  }
  if (const auto fetched = statistics_.fetched()) status.fetched = in_seconds(*fetched);
  if (const auto& last = statistics_.last_failure()) {
    status.last_error = {last->failure.cause, last->failure.detail, in_seconds(last->when),
                         last->in_a_row, last->over};
  }
  status.flying = refresh_.flying();
  status.counters = statistics_.counters();
  status.parked = outside.parked;
  status.takeovers = outside.takeovers;
  status.replayed = outside.replayed;
  if (refresh_.has_failed() && !refresh_.flying()) {
    status.back_off = std::max(refresh_.retry_at(now) - now, Duration::zero());
  }
  status.clock_skew = statistics_.skew();
  status.options = options_.in_force;
  return status;
}

}  // namespace ramrolefs
