// SPDX-License-Identifier: Apache-2.0
// When a Filesystem does what: flights, windows, time-outs.
#include <algorithm>
#include <new>
#include <utility>

#include "common/log.h"
#include "fusefs/filesystem.h"

namespace ramrolefs {
namespace {

// The kernel counts timeouts in jiffies, and rounds up (10 ms at the slowest).
constexpr Duration kJiffy = std::chrono::milliseconds(10);

}  // namespace

/// When a name may soon stand for something else: every LOOKUP is then to be seen, with its caller.
/// The kernel may still answer a second long from what it was told before.
bool Filesystem::in_window(SteadyTime now) const {
  const Generation* current = generations_.current(now);
  if (current == nullptr || announcements_.pending()) return true;
  const SteadyTime begins = refresh_.next_flight_at(now) - options_.read_window - kLongestTimeout;
  return now >= begins || sweeps_.older_end(current->id(), now);
}

/// That of attributes: what is told of a generation never changes, but it expires, and is followed.
Duration Filesystem::timeout_of(const Generation& generation, SteadyTime now) const {
  SteadyTime end = generations_.expires_at(generation);
  const auto follows_at = generations_.follows_at(generation);
  if (follows_at && now < *follows_at) end = std::min(end, *follows_at);
  return std::clamp(end - now - kJiffy, Duration::zero(), kLongestTimeout);
}

std::optional<SteadyTime> Filesystem::flight_alone_at(SteadyTime now) const {
  auto at = refresh_.flight_asked_for_at(now);
  if (options_.warm && was_read_ && refresh_.valid(now) && !refresh_.flying()) {
    const SteadyTime due = refresh_.next_flight_at(now);
    at = std::min(at.value_or(due), due);
  }
  return at;
}

std::optional<SteadyTime> Filesystem::wake_at(bool any_parked) const {
  const SteadyTime now = clock_.steady();
  const auto waiting = announcements_.waiting();
  auto at = any_parked ? std::optional(refresh_.wake_at(now)) : std::nullopt;
  for (const auto& moment : {generations_.next_drop(), flight_alone_at(now), sweeps_.clean_up_at(),
                             waiting ? sweeps_.older_end(*waiting, now) : std::nullopt}) {
    if (moment) at = std::min(at.value_or(*moment), *moment);
  }
  return at;
}

void Filesystem::tick() {
  const SteadyTime now = clock_.steady();
  ++changes_;
  generations_.drop(now);
  if (const auto at = sweeps_.clean_up_at(); at && now >= *at) sweeps_.clean_up(now);
  std::erase_if(hurried_, [&](const auto& entry) { return now >= entry.second; });
  if (const auto at = flight_alone_at(now); at && now >= *at) start_flight_if_wanted(now);
}

tl::expected<Duration, Errno> Filesystem::ask_for_refresh(const Caller& caller) {
  if (caller.uid != 0 && caller.uid != options_.root.access.uid)
    return tl::unexpected(Errno{EPERM});
  const SteadyTime now = clock_.steady();
  // Where a flight may start at any moment, every read is seen already.
  const bool settled = refresh_.next_flight_at(now) > now;
  ++changes_;
  refresh_.ask(settled ? now + options_.read_window + kLongestTimeout : now);
  const SteadyTime at = refresh_.flight_asked_for_at(now).value_or(now);
  if (at <= now) start_flight_if_wanted(now);
  return std::max(at - now, Duration::zero());
}

void Filesystem::landed(Result<Fetched> brought) {
  const SteadyTime now = clock_.steady();
  ++changes_;
  if (brought) return publish(*brought, now);
  refresh_.failed(brought.error(), now);
  statistics_.failed(brought.error(), now, clock_.wall());
  const Generation* current = generations_.current(now);
  const auto remaining =
      current != nullptr ? std::optional(generations_.expires_at(*current) - now) : std::nullopt;
  report_.failed(brought.error(), remaining, refresh_.retry_at(now) - now);
}

void Filesystem::publish(const Fetched& fetched, SteadyTime now) {
  const Credential& credential = fetched.credential;
  const Duration remaining = fetched.expires_at - fetched.asked_at;
  // Clamped in seconds: dates of any year fit in those, but not in a Duration.
  const auto stated = std::clamp(credential.expiration - credential.last_updated,
                                 std::chrono::seconds(0), std::chrono::seconds(3600));
  if (options_.region.empty()) generations_.set_region(fetched.region);
  const bool is_new = generations_.publish(credential, fetched.expires_at, now);
  // Where LastUpdated is missing, only the first answer tells the whole life.
  const Duration whole = std::max(remaining, Duration(stated));
  whole_life_ = is_new ? whole : std::max(whole, whole_life_);
  refresh_.landed({now, fetched.expires_at, whole_life_});
  report_.skew(fetched.skew);
  statistics_.landed(is_new, fetched.skew, now, clock_.wall());
  if (!is_new) {
    render_anew(now);  // the region was not known before
    return report_.confirmed(credential);
  }
  was_read_ = false;
  rotated(now);
  report_.rotated(credential, remaining);
}

/// Where that can't be, what is in hand goes on as it was rendered.
void Filesystem::render_anew(SteadyTime now) {
  try {
    if (generations_.render_anew(now)) rotated(now);
  } catch (const std::bad_alloc&) {
    log::warning("no memory: the files stay as they were rendered before");
  }
}

/// A generation was made.
void Filesystem::rotated(SteadyTime now) {
  changed_ = wall_now();
  parked_may_be_late_ = some_left_;
  if (const Generation* current = generations_.current(now)) announce_later(*current);
  warn_if_unlocked();
}

void Filesystem::announce_later(const Generation& generation) {
  try {
    announcements_.published(generation);
  } catch (const std::bad_alloc&) {  // the credential is there all the same
    log::warning("no memory: a rotation is not announced");
  }
}

void Filesystem::count_read(bool may, SteadyTime now) {
  if (!may || !refresh_.valid(now)) return;
  changed_if(!was_read_);
  was_read_ = true;
  start_flight_if_wanted(now);
}

void Filesystem::start_flight_if_wanted(SteadyTime now) {
  if (!refresh_.wants_flight(now)) return;
  ++changes_;
  refresh_.took_off(now);
  statistics_.started(now);
  take_off_();
}

void Filesystem::nobody_parked() {
  changed_if(refresh_.in_vigil() || some_left_ || parked_may_be_late_);
  refresh_.nobody_parked();
  some_left_ = parked_may_be_late_ = false;
}

}  // namespace ramrolefs
