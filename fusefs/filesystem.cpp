// SPDX-License-Identifier: Apache-2.0
#include "fusefs/filesystem.h"

#include <algorithm>
#include <new>
#include <random>
#include <utility>

#include "common/log.h"
#include "common/utc.h"
#include "fusefs/errors.h"

namespace ramrolefs {
namespace {

// The kernel looks the name up again at once; this leaves it time on a busy machine.
constexpr Duration kHurry = std::chrono::seconds(1);
constexpr std::size_t kMostHurried = 10'000;

/// A sweep may be of a generation for ten windows after it was superseded, and its last read may
/// take a while: following must wait for it.
Duration follow_after(const Filesystem::Options& options) {
  return std::max(options.follow_after, (Sweeps::kMostWindows + 1) * options.read_window);
}

}  // namespace

Filesystem::Filesystem(const Options& options, const Clock& clock, GenerationMemory& memory,
                       GenerationCounter& counter, std::function<void()> take_off)
    : options_(options),
      clock_(clock),
      take_off_(std::move(take_off)),
      memory_(memory),
      tree_(plant()),
      generations_(memory, counter, tree_, options.mount_point, ramrolefs::follow_after(options)),
      refresh_(options.refresh, std::random_device{}()),
      sweeps_(options.read_window),
      announcements_(tree_),
      changed_(wall_now()),
      statistics_(clock.wall()),
      state_files_(no_state_files()) {
  generations_.set_region(options_.region);
  if (const auto& lost = generations_.lost()) announcements_.take_over_from(lost->id);
}

/// What names there are now.
Tree Filesystem::plant() {
  return {{&options_.root, &options_.views, &options_.templates}, template_places_, view_numbers_};
}

std::variant<Attributes, Errno, Park> Filesystem::getattr(InodeNumber inode, const Caller& caller) {
  if (const auto* directory = tree_.find_directory(inode)) {
    return attributes_of_directory(*directory);
  }
  if (inode.view() == kStateView) return getattr_state(inode);
  const SteadyTime now = clock_.steady();
  const auto node = tree_.find_node(inode);
  if (!node || inode.generation() > generations_.next()) return Errno{ESTALE};
  const bool may = may_read(node->access(), caller);
  if (inode.generation() != generations_.next()) {
    count_read(may, now);
    hold(*node, inode.generation(), may, now);
    if (came_too_late(*node, inode, caller, now)) return send_back(caller, now);
    if (const auto attributes = told_of(*node, inode, now)) return *attributes;
    if (!node->follows() && !may_come_back(*node, inode)) return Errno{ESTALE};  // expired
  }
  if (may) return at_the_door(caller, now);
  if (refresh_.valid(now)) return send_back(caller, now);
  return empty_attributes(*node, inode, changed_);  // to refuse an open
}

/// What GETATTR tells of the inode, and READ has to hold to: its own generation, or the current one
/// once it follows. Nothing where there is neither.
std::optional<Attributes> Filesystem::told_of(const Node& node, InodeNumber inode, SteadyTime now) {
  const Generation* own = node.follows() ? generations_.find(inode, *node.file, now)
                                         : generations_.find(inode.generation(), now);
  const auto follows_at =
      own != nullptr && node.follows() ? generations_.follows_at(*own) : std::nullopt;
  const bool follows = node.follows() && (own == nullptr || (follows_at && now >= *follows_at));
  const Generation* told = follows ? generations_.current(now) : own;
  if (told == nullptr || !node.is_in(*told)) return std::nullopt;
  changed_if(follows ? followers_.tell(inode, told->id()) : followers_.forget(inode));
  return attributes_of(node, *told, inode, timeout_of(*told, now));
}

/// Whether a reader who waited at the door must look the name up again: the file turned out to be
/// that of the generation before, or others of the same sweep have left with what was in hand.
bool Filesystem::came_too_late(const Node& node, InodeNumber inode, const Caller& caller,
                               SteadyTime now) const {
  const Generation* generation = generations_.find(inode.generation(), now);
  if (generation == nullptr || !node.follows()) return false;
  if (node.is_in(*generation) && node.inode_in(*generation) != inode) return true;
  if (!parked_may_be_late_ || !caller.kin || generation != generations_.current(now)) return false;
  const auto kin = caller.kin();
  const auto of_sweep = kin ? sweeps_.generation_of(*kin, now) : std::nullopt;
  return of_sweep && *of_sweep != generation->id();
}

/// Somebody may stay in current/ from now on; who may not read, may not.
void Filesystem::hold(const Node& node, GenerationId id, bool may, SteadyTime now) {
  if (!may || node.follows()) return;
  const Generation* generation = generations_.find(id, now);
  if (generation != nullptr) changed_if(generations_.hold(*generation));
}

std::variant<Attributes, Errno, Park> Filesystem::at_the_door(const Caller& caller,
                                                              SteadyTime now) {
  if (refresh_.answer(now) == Answer::in_hand) {
    sweeps_.settle(generations_.next(), generations_.current(now)->id());
    return send_back(caller, now);
  }
  if (park(now)) return Park{};
  return Errno{to_errno(refresh_.failure().cause)};
}

/// Has a reader wait for a flight, unless a failure is to be told. Requires: nothing in hand may be
/// given instead.
bool Filesystem::park(SteadyTime now) {
  if (refresh_.answer(now) != Answer::wait) return false;
  start_flight_if_wanted(now);
  changed_if(!refresh_.in_vigil());
  refresh_.parked(now);
  return true;
}

Errno Filesystem::interrupted(const Caller& caller) {
  const SteadyTime now = clock_.steady();
  if (!refresh_.valid(now)) return Errno{EINTR};
  some_left_ = true;
  ++changes_;
  if (const auto kin = caller.kin ? caller.kin() : std::nullopt) {
    sweeps_.settle(*kin, generations_.next(), generations_.current(now)->id());
  }
  return send_back(caller, now);
}

std::variant<std::string_view, Errno, Park> Filesystem::read(InodeNumber inode) {
  if (inode.view() == kStateView) return read_state(inode);
  const SteadyTime now = clock_.steady();
  const auto node = tree_.find_node(inode);
  if (!node || node->file == nullptr) return Errno{ESTALE};
  if (const auto* generation = read_of(*node, inode, now)) {
    if (!node->is_in(*generation)) return Errno{ESTALE};
    return node->bytes(*generation);
  }
  if (!may_come_back(*node, inode)) return Errno{ESTALE};
  if (park(now)) return Park{};
  return Errno{to_errno(refresh_.failure().cause)};
}

const Generation* Filesystem::read_of(const Node& node, InodeNumber inode, SteadyTime now) {
  const auto told = node.follows() ? followers_.told(inode) : inode.generation();
  if (told) return generations_.find(*told, now);
  if (const Generation* own = generations_.find(inode, *node.file, now)) return own;
  // What a worker of another version told of it, nobody knows; most likely the newest.
  const Generation* regained = generations_.regained(now);
  if (regained == nullptr || regained->id() < inode.generation()) return nullptr;
  changed_if(followers_.tell(inode, regained->id()));
  return regained;
}

/// Whether what an inode shows was lost, and the next flight may bring it back.
bool Filesystem::may_come_back(const Node& node, InodeNumber inode) const {
  const auto& lost = generations_.lost();
  if (!lost) return false;
  if (!node.follows()) return inode.generation() == lost->id;
  const auto told = followers_.told(inode);
  return told ? *told == lost->id : inode.generation() <= lost->id;
}

bool Filesystem::is_hurried(pid_t thread, SteadyTime now) const {
  const auto found = hurried_.find(thread);
  return found != hurried_.end() && now < found->second;
}

Errno Filesystem::send_back(const Caller& caller, SteadyTime now) {
  ++changes_;
  if (hurried_.size() >= kMostHurried) hurried_.clear();
  try {
    hurried_[caller.thread] = now + kHurry;
  } catch (const std::bad_alloc&) {  // the reader may be sent here once more
  }
  return Errno{ESTALE};
}

std::vector<Rename> Filesystem::to_announce() {
  const auto waiting = announcements_.waiting();
  if (!waiting || sweeps_.older_end(*waiting, clock_.steady())) return {};
  ++changes_;
  return announcements_.take();
}

timespec Filesystem::wall_now() const {
  const WallTime time = clock_.wall();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.time_since_epoch().count(), (time - seconds).count()};
}

Errno Filesystem::rename(InodeNumber from_parent, std::string_view from, InodeNumber to_parent,
                         std::string_view to, pid_t thread) {
  const Directory* directory = tree_.find_directory(from_parent);
  if (directory == nullptr || to_parent != from_parent) return Errno{EROFS};
  // Handled, but not answered: if it failed now, the kernel would tell no watcher.
  if (announcements_.was_made(*directory, from, to)) return Errno{0};
  const bool may =
      announcements_.is_announcer(thread) && announcements_.rename(*directory, from, to);
  changed_if(may);
  return Errno{may ? 0 : EROFS};
}

void Filesystem::announcer_begins(pid_t process) {
  announcements_.begin(process);
  ++changes_;
}

void Filesystem::announcer_ended() {
  announcements_.end();
  ++changes_;
}

void Filesystem::announced(GenerationId generation, Seat seat) {
  announcements_.answered(generation, seat);
  ++changes_;
}

void Filesystem::announce_again() {
  announcements_.again();
  ++changes_;
}

std::string Filesystem::summary() const {
  const SteadyTime now = clock_.steady();
  const Generation* generation = generations_.current(now);
  const std::string failure =
      refresh_.has_failed() ? std::string(describe(refresh_.failure().cause)) : "";
  if (generation == nullptr) return "no credential" + (failure.empty() ? "" : ": " + failure);
  return fmt::format("role {}, valid until {}{}{}", generation->role(),
                     format_utc(generation->expiration()),
                     failure.empty() ? "" : "; the last refresh failed: ", failure);
}

}  // namespace ramrolefs
