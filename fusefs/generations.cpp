// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generations.h"

#include <algorithm>
#include <utility>

namespace ramrolefs {

bool Generations::publish(const Credential& credential, SteadyTime expires_at, SteadyTime now) {
  if (in_hand_ && in_hand_->same_as(credential)) {
    kept_.back().expires_at = expires_at;
    return false;
  }
  const timespec mtime = mtime_of(next_, credential.last_updated, newest_mtime_);
  const Generation* before = in_hand_ ? &kept_.back().generation : nullptr;
  Credential copy = credential;  // what may throw comes first
  kept_.push_back(
      {Generation(next_, credential, mtime, newline_, before), expires_at, std::nullopt, false});
  if (kept_.size() > 1) {
    auto& superseded_at = kept_[kept_.size() - 2].superseded_at;
    superseded_at = superseded_at.value_or(now);
  }
  if (kept_.size() > kKept) kept_.pop_front();
  in_hand_ = std::move(copy);
  newest_mtime_ = mtime;
  next_ = GenerationId{static_cast<std::uint64_t>(next_) + 1};
  return true;
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

const Generation* Generations::find(InodeNumber inode, const ServedFile& file,
                                    SteadyTime now) const {
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) {
    return kept.generation.inode(file) == inode;
  });
  if (found == kept_.rend() || now >= found->expires_at) return nullptr;
  return &found->generation;
}

std::optional<SteadyTime> Generations::follows_at(const Generation& generation) const {
  const auto& superseded_at = kept(generation).superseded_at;
  if (!superseded_at) return std::nullopt;
  return *superseded_at + follow_after_;
}

void Generations::hold(const Generation& generation) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return &kept.generation == &generation;
  });
  found->held = true;
}

void Generations::drop(SteadyTime now) {
  if (current(now) == nullptr) in_hand_.reset();
  std::erase_if(kept_, [&](const Kept& kept) { return now >= drop_at(kept); });
}

std::optional<SteadyTime> Generations::next_drop() const {
  const auto next = std::min_element(
      kept_.begin(), kept_.end(),
      [&](const Kept& one, const Kept& other) { return drop_at(one) < drop_at(other); });
  return next == kept_.end() ? std::nullopt : std::optional(drop_at(*next));
}

const Generations::Kept& Generations::kept(const Generation& generation) const {
  return *std::find_if(kept_.begin(), kept_.end(),
                       [&](const Kept& kept) { return &kept.generation == &generation; });
}

SteadyTime Generations::drop_at(const Kept& kept) const {
  if (!kept.superseded_at || kept.held) return kept.expires_at;
  return std::min(kept.expires_at, *kept.superseded_at + follow_after_ + kLinger);
}

}  // namespace ramrolefs
