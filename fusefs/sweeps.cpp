// SPDX-License-Identifier: Apache-2.0
#include "fusefs/sweeps.h"

#include <algorithm>

#include "fusefs/served_files.h"

namespace ramrolefs {
namespace {

// Who has taken the whole set after each of so many pauses takes it in one go, whatever it seems to
// begin with.
constexpr int kInStep = 3;

constexpr std::size_t index(Place name) {
  return static_cast<std::size_t>(name);
}

}  // namespace

GenerationId Sweeps::lookup(const Kin& kin, Place name, GenerationId newest, SteadyTime now) {
  if (clean_up_at_ && now >= *clean_up_at_) clean_up(now);
  const auto keys = keys_of(kin);
  auto sweep = find(keys, kin.age, now);
  const bool midway = !sweep;
  const bool fresh = midway || begins_anew(*sweep, name, newest, now);
  if (fresh) sweep = std::make_shared<Sweep>(Sweep{newest, now, now, midway});
  for (const Key& key : keys) {
    const auto known = find(key, now);
    const bool others = known && known != sweep && key.relation != Relation::process;
    if (fresh || !others) note(key, sweep, now);
  }
  sweep->names.set(index(name));
  sweep->burst.set(index(name));
  sweep->last_name = name;
  sweep->last = now;
  note(sweep->generation, {sweep->began, now});
  if (!clean_up_at_) clean_up_at_ = now + window_;
  return sweep->generation;
}

bool Sweeps::begins_anew(Sweep& sweep, Place name, GenerationId newest, SteadyTime now) const {
  const Duration age = now - sweep.began;
  if (age >= kMostWindows * window_) return true;
  if (now - sweep.last >= kPause) return begins_after_pause(sweep, name, newest);
  return begins_without_pause(sweep, name, age >= (kMostWindows - 1) * window_);
}

bool Sweeps::begins_after_pause(Sweep& sweep, Place name, GenerationId newest) {
  if (name == kAccessKeyId) return true;
  // Of a set that was under way when the bookkeeping began, only the end is seen: most likely a
  // pause. While there is nothing newer, a border too many tears nothing.
  if (sweep.midway && sweep.generation == newest) return true;
  const bool again = sweep.names.test(index(name));
  if (again && !(sweep.slow && sweep.names.test(index(kAccessKeyId)))) return true;
  sweep.slow |= !again;
  sweep.burst.reset();
  return false;
}

bool Sweeps::begins_without_pause(Sweep& sweep, Place name, bool late) {
  const bool one_name = sweep.names.count() == 1 && !sweep.started_over;  // can't be torn
  if (name == sweep.last_name) return late && one_name;
  // Where the sets begin of one that never pauses can't be told, if not by AccessKeyId.
  if (late && name == kAccessKeyId) return true;
  if (!sweep.names.test(index(name))) return false;
  const bool other_border = sweep.names.test(index(kAccessKeyId));
  Names since_pause = sweep.burst;
  since_pause.set(index(name));
  sweep.in_one_go = sweep.slow && since_pause == sweep.names ? sweep.in_one_go + 1 : 0;
  // Of one who takes the set in one go, but stalled in the last: this one began after its pause.
  const bool began_there = name != kAccessKeyId || sweep.in_one_go >= kInStep;
  sweep.names = sweep.slow && began_there ? sweep.burst : Names();
  sweep.burst.reset();
  sweep.slow = false;
  sweep.started_over = true;
  return late && !other_border;
}

std::optional<GenerationId> Sweeps::generation_of(const Kin& kin, SteadyTime now) const {
  const auto sweep = find(Key{Relation::process, kin.process}, now);
  return sweep ? std::optional(sweep->generation) : std::nullopt;
}

void Sweeps::settle(GenerationId from, GenerationId to) {
  const auto times = times_.find(from);
  if (times == times_.end()) return;
  for (auto& [key, known] : sweeps_) {
    if (known.sweep->generation == from) known.sweep->generation = to;
  }
  note(to, times->second);
  times_.erase(from);
}

void Sweeps::settle(const Kin& kin, GenerationId from, GenerationId to) {
  const auto found = sweeps_.find(Key{Relation::process, kin.process});
  if (found == sweeps_.end() || found->second.sweep->generation != from) return;
  Sweep& sweep = *found->second.sweep;
  sweep.generation = to;
  note(to, {sweep.began, sweep.last});
}

void Sweeps::end(GenerationId generation) {
  if (times_.erase(generation) == 0) return;
  std::erase_if(sweeps_,
                [&](const auto& entry) { return entry.second.sweep->generation == generation; });
}

std::optional<SteadyTime> Sweeps::older_end(GenerationId generation, SteadyTime now) const {
  std::optional<SteadyTime> end;
  for (auto at = times_.begin(); at != times_.end() && at->first < generation; ++at) {
    const SteadyTime over = end_of(at->second);
    if (now < over) end = std::max(end.value_or(over), over);
  }
  return end;
}

SteadyTime Sweeps::end_of(const Times& times) const {
  return std::min(times.last + window_, times.began + kMostWindows * window_);
}

void Sweeps::note(GenerationId generation, const Times& times) {
  Times& known = times_[generation];
  known = {std::max(known.began, times.began), std::max(known.last, times.last)};
}

void Sweeps::clean_up(SteadyTime now) {
  std::erase_if(sweeps_, [&](const auto& entry) { return !live(entry.second, now); });
  std::erase_if(times_, [&](const auto& entry) { return now >= end_of(entry.second); });
  clean_up_at_.reset();
  if (!sweeps_.empty() || !times_.empty()) clean_up_at_ = now + window_;
}

std::optional<SteadyTime> Sweeps::clean_up_at() const {
  return clean_up_at_;
}

std::vector<Sweeps::Key> Sweeps::keys_of(const Kin& kin) {
  std::vector<Key> keys{{Relation::process, kin.process},
                        {Relation::parent, kin.parent, kin.session},
                        {Relation::group, kin.group},
                        {Relation::session, kin.session}};
  std::erase_if(keys, [](const Key& key) { return key.number == 0; });
  return keys;
}

std::shared_ptr<Sweeps::Sweep> Sweeps::find(Key key, SteadyTime now) const {
  const auto found = sweeps_.find(key);
  return found != sweeps_.end() && live(found->second, now) ? found->second.sweep : nullptr;
}

std::shared_ptr<Sweeps::Sweep> Sweeps::find(const std::vector<Key>& keys, Duration age,
                                            SteadyTime now) const {
  for (const Key& key : keys) {
    if (key.relation != Relation::process && age >= window_) break;
    if (auto sweep = find(key, now)) return sweep;
  }
  return nullptr;
}

void Sweeps::note(Key key, const std::shared_ptr<Sweep>& sweep, SteadyTime now) {
  if (sweeps_.size() >= kMostKeys && !sweeps_.contains(key)) return;
  sweeps_[key] = {sweep, now};
}

}  // namespace ramrolefs
