// SPDX-License-Identifier: Apache-2.0
#include "fusefs/sweeps.h"

#include <algorithm>

#include "fusefs/served_files.h"

namespace ramrolefs {

GenerationId Sweeps::lookup(const Kin& kin, Place name, GenerationId newest, SteadyTime now) {
  if (clean_up_at_ && now >= *clean_up_at_) clean_up(now);
  const auto keys = keys_of(kin);
  auto sweep = find(keys, kin.age, now);
  const bool fresh = !sweep || begins_anew(*sweep, name, now);
  if (fresh) sweep = std::make_shared<Sweep>(Sweep{newest, now, now, name, {}});
  for (const Key& key : keys) {
    if (fresh || key.relation == Relation::process || !find(key, now)) note(key, sweep);
  }
  sweep->names.set(static_cast<std::size_t>(name));
  sweep->last_name = name;
  sweep->last = now;
  last_[sweep->generation] = now;
  if (!clean_up_at_) clean_up_at_ = now + window_;
  return sweep->generation;
}

bool Sweeps::begins_anew(Sweep& sweep, Place name, SteadyTime now) const {
  const Duration age = now - sweep.began;
  if (age >= kMostWindows * window_) return true;
  const bool again = sweep.names.test(static_cast<std::size_t>(name));
  const bool late = age >= (kMostWindows - 1) * window_;
  if (now - sweep.last >= kPause) return again || name == kAccessKeyId || late;
  // Of one name alone nothing can be torn.
  if (!again || name == sweep.last_name) return again && late && sweep.names.count() == 1;
  sweep.names.reset();
  return late;
}

std::optional<GenerationId> Sweeps::generation_of(const Kin& kin, SteadyTime now) const {
  const auto sweep = find(Key{Relation::process, kin.process}, now);
  return sweep ? std::optional(sweep->generation) : std::nullopt;
}

void Sweeps::settle(GenerationId from, GenerationId to) {
  const auto last = last_.find(from);
  if (last == last_.end()) return;
  for (auto& [key, sweep] : sweeps_) {
    if (sweep->generation == from) sweep->generation = to;
  }
  last_[to] = std::max(last_[to], last->second);
  last_.erase(from);
}

void Sweeps::settle(const Kin& kin, GenerationId from, GenerationId to) {
  const auto found = sweeps_.find(Key{Relation::process, kin.process});
  if (found == sweeps_.end() || found->second->generation != from) return;
  found->second->generation = to;
  last_[to] = std::max(last_[to], found->second->last);
}

void Sweeps::end(GenerationId generation) {
  if (last_.erase(generation) == 0) return;
  std::erase_if(sweeps_, [&](const auto& entry) { return entry.second->generation == generation; });
}

std::optional<SteadyTime> Sweeps::older_end(GenerationId generation, SteadyTime now) const {
  std::optional<SteadyTime> end;
  for (auto at = last_.begin(); at != last_.end() && at->first < generation; ++at) {
    const SteadyTime over = at->second + window_;
    if (now < over) end = std::max(end.value_or(over), over);
  }
  return end;
}

void Sweeps::clean_up(SteadyTime now) {
  std::erase_if(sweeps_, [&](const auto& entry) { return !live(*entry.second, now); });
  std::erase_if(last_, [&](const auto& entry) { return now >= entry.second + window_; });
  clean_up_at_.reset();
  if (!sweeps_.empty() || !last_.empty()) clean_up_at_ = now + window_;
}

std::optional<SteadyTime> Sweeps::clean_up_at() const {
  return clean_up_at_;
}

std::vector<Sweeps::Key> Sweeps::keys_of(const Kin& kin) {
  std::vector<Key> keys{{Relation::process, kin.process},
                        {Relation::parent, kin.parent},
                        {Relation::group, kin.group},
                        {Relation::session, kin.session}};
  std::erase_if(keys, [](const Key& key) { return key.number == 0; });
  return keys;
}

std::shared_ptr<Sweeps::Sweep> Sweeps::find(Key key, SteadyTime now) const {
  const auto found = sweeps_.find(key);
  return found != sweeps_.end() && live(*found->second, now) ? found->second : nullptr;
}

std::shared_ptr<Sweeps::Sweep> Sweeps::find(const std::vector<Key>& keys, Duration age,
                                            SteadyTime now) const {
  for (const Key& key : keys) {
    if (key.relation != Relation::process && age >= window_) break;
    if (auto sweep = find(key, now)) return sweep;
  }
  return nullptr;
}

void Sweeps::note(Key key, const std::shared_ptr<Sweep>& sweep) {
  if (sweeps_.size() >= kMostKeys && !sweeps_.contains(key)) return;
  sweeps_[key] = sweep;
}

}  // namespace ramrolefs
