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

// Nothing that the kernel was promised ever has to be recalled: a refresh is seen within this time.
constexpr Duration kLongestTimeout = std::chrono::seconds(1);

// The kernel counts timeouts in jiffies, and rounds up (10 ms at the slowest).
constexpr Duration kJiffy = std::chrono::milliseconds(10);

// The kernel looks the name up again at once; this leaves it time on a busy machine.
constexpr Duration kHurry = std::chrono::seconds(1);
constexpr std::size_t kMostHurried = 10'000;

constexpr std::chrono::seconds kLargestSkew{60};

Duration timeout_until(SteadyTime end, SteadyTime now) {
  return std::clamp(end - now - kJiffy, Duration::zero(), kLongestTimeout);
}

timespec to_timespec(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.time_since_epoch().count(), (time - seconds).count()};
}

}  // namespace

Filesystem::Filesystem(const Options& options, const Clock& clock, std::function<void()> take_off)
    : options_(options),
      clock_(clock),
      take_off_(std::move(take_off)),
      generations_(options.newline),
      refresh_(options.refresh, std::random_device{}()),
      changed_(to_timespec(clock.wall())) {}

tl::expected<Entry, Errno> Filesystem::lookup(InodeNumber parent, std::string_view name,
                                              const Caller& caller) {
  const ServedFile* file = parent == kRoot ? find_served_file(name) : nullptr;
  if (file == nullptr) return tl::unexpected(Errno{ENOENT});
  const SteadyTime now = clock_.steady();
  const InodeNumber next(generations_.next(), file->place);
  const Generation* current = generations_.current(now);
  if (current == nullptr) return Entry{next, next_attributes(*file), Duration::zero()};

  // Others than those who may read must neither wait, nor let the kernel answer for longer than
  // until somebody comes who may.
  const bool may = may_read(options_.access, caller);
  const bool door = refresh_.answer(now) == Answer::wait;
  if (door && may && !is_hurried(caller.thread, now)) {
    return Entry{next, next_attributes(*file), Duration::zero()};
  }
  if (may) start_flight_if_wanted(now);
  const bool stays = !refresh_.due(now) || (may && !door);
  const SteadyTime until = stays ? refresh_.settled_until(now) : now;
  return Entry{InodeNumber(current->id(), file->place), attributes_of(*current, *file, now),
               timeout_until(until, now)};
}

std::variant<Attributes, Errno, Park> Filesystem::getattr(InodeNumber inode, const Caller& caller) {
  if (inode == kRoot) return root_attributes();
  const SteadyTime now = clock_.steady();
  const ServedFile* file = find_served_file(inode.place());
  if (file == nullptr) return Errno{ESTALE};
  if (const Generation* generation = generations_.find(inode.generation(), now)) {
    return attributes_of(*generation, *file, now);
  }
  if (inode.generation() != generations_.next()) return Errno{ESTALE};  // expired
  if (may_read(options_.access, caller)) return at_the_door(caller, now);
  if (refresh_.valid(now)) return send_back(caller, now);
  return next_attributes(*file);  // enough for the kernel to refuse an open
}

std::variant<Attributes, Errno, Park> Filesystem::at_the_door(const Caller& caller,
                                                              SteadyTime now) {
  switch (refresh_.answer(now)) {
    case Answer::in_hand:
      return send_back(caller, now);
    case Answer::failure:
      return Errno{to_errno(refresh_.failure().cause)};
    case Answer::wait:
      break;
  }
  start_flight_if_wanted(now);
  refresh_.parked(now);
  return Park{};
}

Errno Filesystem::interrupted(const Caller& caller) {
  const SteadyTime now = clock_.steady();
  return refresh_.valid(now) ? send_back(caller, now) : Errno{EINTR};
}

tl::expected<std::string_view, Errno> Filesystem::read(InodeNumber inode) const {
  const ServedFile* file = find_served_file(inode.place());
  const Generation* generation = generations_.find(inode.generation(), clock_.steady());
  if (file == nullptr || generation == nullptr) return tl::unexpected(Errno{ESTALE});
  return generation->bytes(*file);
}

tl::expected<std::vector<Filesystem::Name>, Errno> Filesystem::list(InodeNumber directory) const {
  if (directory != kRoot) return tl::unexpected(Errno{ENOTDIR});
  const Generation* current = generations_.current(clock_.steady());
  const GenerationId generation = current != nullptr ? current->id() : generations_.next();
  std::vector<Name> names{{".", kRoot, S_IFDIR}, {"..", kRoot, S_IFDIR}};
  for (const ServedFile& file : kServedFiles) {
    names.push_back({file.name, InodeNumber(generation, file.place), S_IFREG});
  }
  return names;
}

void Filesystem::landed(Result<Fetched> brought) {
  const SteadyTime now = clock_.steady();
  if (!brought) {
    refresh_.failed(brought.error(), now);
    report(brought.error(), now);
    return;
  }
  const Credential& credential = brought->credential;
  const Duration remaining = brought->expires_at - brought->asked_at;
  // Clamped in seconds: dates of any year fit in those, but not in a Duration.
  const auto stated = std::clamp(credential.expiration - credential.last_updated,
                                 std::chrono::seconds(0), std::chrono::seconds(3600));
  const bool is_new = generations_.publish(credential, brought->expires_at);
  // Where LastUpdated is missing, only the first answer tells the whole life.
  const Duration whole = std::max(remaining, Duration(stated));
  whole_life_ = is_new ? whole : std::max(whole, whole_life_);
  refresh_.landed({now, brought->expires_at, whole_life_});
  report_skew(*brought);
  if (!is_new) {
    log::debug("the credential of role {} is confirmed", credential.role);
    return;
  }
  changed_ = to_timespec(clock_.wall());
  log::info("a new credential: role {}, valid until {}, for {} s", credential.role,
            format_utc(credential.expiration),
            std::chrono::floor<std::chrono::seconds>(remaining).count());
}

std::optional<SteadyTime> Filesystem::wake_at(bool any_parked) const {
  const auto expiry = generations_.next_expiry();
  if (!any_parked) return expiry;
  const SteadyTime parked = refresh_.wake_at(clock_.steady());
  return expiry ? std::min(*expiry, parked) : parked;
}

std::string Filesystem::summary() const {
  const SteadyTime now = clock_.steady();
  const Credential* credential = generations_.in_hand(now);
  const std::string failure =
      refresh_.has_failed() ? std::string(describe(refresh_.failure().cause)) : "";
  if (credential == nullptr) return "no credential" + (failure.empty() ? "" : ": " + failure);
  return fmt::format("role {}, valid until {}{}{}", credential->role,
                     format_utc(credential->expiration),
                     failure.empty() ? "" : "; the last refresh failed: ", failure);
}

bool Filesystem::is_hurried(pid_t thread, SteadyTime now) const {
  const auto found = hurried_.find(thread);
  return found != hurried_.end() && now < found->second;
}

Errno Filesystem::send_back(const Caller& caller, SteadyTime now) {
  if (hurried_.size() >= kMostHurried) hurried_.clear();
  try {
    hurried_[caller.thread] = now + kHurry;
  } catch (const std::bad_alloc&) {  // the reader may be sent here once more
  }
  return Errno{ESTALE};
}

void Filesystem::start_flight_if_wanted(SteadyTime now) {
  if (!refresh_.wants_flight(now)) return;
  refresh_.took_off(now);
  take_off_();
}

Attributes Filesystem::root_attributes() const {
  struct stat stat {};
  stat.st_ino = kRoot.raw();
  stat.st_mode = S_IFDIR | 0755;
  stat.st_nlink = 2;
  stat.st_uid = options_.access.uid;
  stat.st_gid = options_.access.gid;
  stat.st_mtim = stat.st_ctim = stat.st_atim = changed_;
  return {stat, kLongestTimeout};
}

Attributes Filesystem::next_attributes(const ServedFile& file) const {
  struct stat stat {};
  stat.st_ino = InodeNumber(generations_.next(), file.place).raw();
  stat.st_mode = S_IFREG | options_.access.mode;
  stat.st_nlink = 1;
  stat.st_uid = options_.access.uid;
  stat.st_gid = options_.access.gid;
  stat.st_mtim = stat.st_ctim = stat.st_atim = changed_;
  return {stat, Duration::zero()};
}

Attributes Filesystem::attributes_of(const Generation& generation, const ServedFile& file,
                                     SteadyTime now) const {
  Attributes attributes = next_attributes(file);
  attributes.stat.st_ino = InodeNumber(generation.id(), file.place).raw();
  attributes.stat.st_size = static_cast<off_t>(generation.bytes(file).size());
  attributes.stat.st_mtim = attributes.stat.st_ctim = attributes.stat.st_atim = generation.mtime();
  attributes.timeout = timeout_until(generations_.expires_at(generation), now);
  return attributes;
}

void Filesystem::report(const Failure& failure, SteadyTime now) const {
  const auto seconds = [](Duration duration) {
    return std::chrono::duration<double>(duration).count();
  };
  const Generation* current = generations_.current(now);
  const std::string next =
      current != nullptr ? fmt::format("the credential in hand is served, valid for {:.0f} s more",
                                       seconds(generations_.expires_at(*current) - now))
                         : "nothing to serve";
  log::warning("refresh failed: {}: {}; {}; next try in {:.1f} s at the earliest",
               describe(failure.cause), failure.detail, next,
               seconds(refresh_.retry_at(now) - now));
}

void Filesystem::report_skew(const Fetched& fetched) {
  const bool skewed = fetched.skew && std::chrono::abs(*fetched.skew) > kLargestSkew;
  if (skewed && !skewed_) {
    log::warning(
        "this machine's clock is {} s {} the metadata service's: credentials are counted "
        "by the latter, but applications sign by the former",
        std::chrono::abs(*fetched.skew).count(), fetched.skew->count() > 0 ? "ahead of" : "behind");
  }
  skewed_ = skewed;
}

}  // namespace ramrolefs
