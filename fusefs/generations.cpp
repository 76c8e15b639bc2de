// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generations.h"

#include <algorithm>

namespace ramrolefs {

bool Generations::publish(const Credential& credential, SteadyTime expires_at) {
  if (in_hand_ && in_hand_->same_as(credential)) {
    kept_.back().expires_at = expires_at;
    return false;
  }
  const timespec before = kept_.empty() ? timespec{} : kept_.back().generation.mtime();
  const timespec mtime = mtime_of(next_, credential.last_updated, before);
  kept_.push_back({Generation(next_, credential, mtime, newline_), expires_at});
  if (kept_.size() > kKept) kept_.pop_front();
  in_hand_ = credential;
  next_ = GenerationId{static_cast<std::uint64_t>(next_) + 1};
  return true;
}

const Generation* Generations::current(SteadyTime now) const {
  if (kept_.empty() || now >= kept_.back().expires_at) return nullptr;
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
