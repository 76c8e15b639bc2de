// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generations.h"

#include <algorithm>
#include <utility>

namespace ramrolefs {

bool Generations::publish(const Credential& credential, SteadyTime expires_at) {
  if (in_hand_ && in_hand_->same_as(credential)) {
    kept_.back().expires_at = expires_at;
    return false;
  }
  const timespec mtime = mtime_of(next_, credential.last_updated, newest_mtime_);
  Credential copy = credential;  // what may throw comes first
  kept_.push_back({Generation(next_, credential, mtime, newline_), expires_at});
  if (kept_.size() > kKept) kept_.pop_front();
  in_hand_ = std::move(copy);
  newest_mtime_ = mtime;
  next_ = GenerationId{static_cast<std::uint64_t>(next_) + 1};
  return true;
}

void Generations::drop_expired(SteadyTime now) {
  if (current(now) == nullptr) in_hand_.reset();
  std::erase_if(kept_, [&](const Kept& kept) { return now >= kept.expires_at; });
}

std::optional<SteadyTime> Generations::next_expiry() const {
  const auto next = std::min_element(
      kept_.begin(), kept_.end(),
      [](const Kept& one, const Kept& other) { return one.expires_at < other.expires_at; });
  return next == kept_.end() ? std::nullopt : std::optional(next->expires_at);
}

const Generation* Generations::current(SteadyTime now) const {
  if (!in_hand_ || now >= kept_.back().expires_at) return nullptr;
  return &kept_.back().generation;
}

const Generation* Generations::find(GenerationId id, SteadyTime now) const {
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const Kept& kept) { return kept.generation.id() == id; });
  if (found == kept_.end() || now >= found->expires_at) return nullptr;
  return &found->generation;
}

SteadyTime Generations::expires_at(const Generation& generation) const {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.generation.id() == generation.id();
  });
  return found->expires_at;
}

}  // namespace ramrolefs
