// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generations.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace ramrolefs {

using Slot = GenerationMemory::Slot;

Generations::Generations(GenerationMemory& memory, GenerationCounter& counter, const Tree& tree,
                         std::string mount_point, Duration follow_after)
    : memory_(&memory),
      counter_(&counter),
      tree_(&tree),
      mount_point_(std::move(mount_point)),
      follow_after_(follow_after),
      next_(counter.first_free()),
      newest_mtime_(counter.last_mtime()),
      lost_(counter.get_newest()) {}

void Generations::set_region(std::string_view region) {
  if (!region.empty()) region_ = region;
}

bool Generations::publish(const Credential& credential, SteadyTime expires_at, SteadyTime now) {
  if (has_newest() && kept_.back().generation.shows(credential)) {
    kept_.back().expires_at = expires_at;
    return false;
  }
  const Newest fresh = number(credential);
  const bool regained = lost_ && lost_->fingerprint == fresh.fingerprint;
  add(credential, regained ? *lost_ : fresh, expires_at, now);
  // Of one that is regained, somebody may hold current/ since before.
  kept_.back().held = kept_.back().regained = regained;
  return true;
}

bool Generations::render_anew(SteadyTime now) {
  const Generation* generation = current(now);
  if (generation == nullptr || generation->rendering() == rendering()) return false;
  const Credential credential = generation->credential();
  add(credential, number(credential), kept_.back().expires_at, now);
  return true;
}

Newest Generations::number(const Credential& credential) const {
  // Of another rendering, the same number would stand for other bytes.
  const bool newline = tree_->root().contents->newline;
  return {next_, fingerprint_of(credential, newline) ^ rendering(),
          mtime_of(next_, credential.last_updated, newest_mtime_)};
}

/// What may throw comes first, and leaves nothing behind.
void Generations::add(const Credential& credential, const Newest& as, SteadyTime expires_at,
                      SteadyTime now) {
  counter_->reserve(as.id);
  kept_.push_back({make(credential, as), expires_at, std::nullopt, false});
  supersede(now);
  counter_->set_newest(as);
  newest_mtime_ = as.mtime;
  next_ = std::max(next_, GenerationId{static_cast<std::uint64_t>(as.id) + 1});
  lost_.reset();
}

Generation Generations::make(const Credential& credential, const Newest& as) {
  const Generation* before = has_newest() ? &kept_.back().generation : nullptr;
  const Slot slot = free_slot();
  try {
    return {*memory_,
            slot,
            *tree_,
            credential,
            {as.id, as.mtime, rendering(), region_, mount_point_, before}};
  } catch (const std::bad_alloc&) {
    memory_->wipe(slot);
    throw;
  }
}

/// What was the newest until now is not any more.
void Generations::supersede(SteadyTime now) {
  if (kept_.size() > 1) {
    auto& superseded_at = kept_[kept_.size() - 2].superseded_at;
    superseded_at = superseded_at.value_or(now);
  }
  if (kept_.size() <= kKept) return;
  memory_->wipe(kept_.front().generation.slot());
  kept_.pop_front();
}

const Generation* Generations::current(SteadyTime now) const {
  if (!has_newest() || now >= kept_.back().expires_at) return nullptr;
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
    return kept.generation.has(file, inode.view()) &&
           kept.generation.origin(file, inode.view()) == inode.generation();
  });
  if (found == kept_.rend() || now >= found->expires_at) return nullptr;
  return &found->generation;
}

const Generation* Generations::regained(SteadyTime now) const {
  const Generation* newest = current(now);
  return newest != nullptr && kept_.back().regained ? newest : nullptr;
}

std::optional<SteadyTime> Generations::follows_at(const Generation& generation) const {
  const auto& superseded_at = kept(generation).superseded_at;
  if (!superseded_at) return std::nullopt;
  return *superseded_at + follow_after_;
}

bool Generations::hold(const Generation& generation) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return &kept.generation == &generation;
  });
  return !std::exchange(found->held, true);
}

void Generations::drop(SteadyTime now) {
  if (has_newest() && now >= kept_.back().expires_at) counter_->forget_newest();
  std::erase_if(kept_, [&](const Kept& kept) {
    if (now < drop_at(kept)) return false;
    memory_->wipe(kept.generation.slot());
    return true;
  });
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

Slot Generations::free_slot() const {
  std::uint32_t slot = 0;
  while (std::any_of(kept_.begin(), kept_.end(),
                     [&](const Kept& kept) { return kept.generation.slot() == Slot{slot}; })) {
    ++slot;
  }
  return Slot{slot};
}

void Generations::save(SnapshotWriter& writer) const {
  writer.put(next_);
  writer.put(newest_mtime_);
  writer.put(std::string_view(region_));
  writer.put_count(kept_.size());
  for (const Kept& kept : kept_) {
    writer.put(kept.generation.slot());
    writer.put(kept.generation.id());
    writer.put(kept.generation.checksum());
    writer.put(kept.expires_at);
    writer.put(kept.superseded_at);
    writer.put(kept.held);
    writer.put(kept.regained);
  }
}

bool Generations::restore(SnapshotReader& reader) {
  kept_.clear();
  std::string region;
  if (!reader.get(next_) || !reader.get(newest_mtime_) || !reader.get(region)) return false;
  set_region(region);
  if (!reader.each([&] { return restore_one(reader); })) return false;
  wipe_unused();
  lost_ = counter_->get_newest();
  // One that the saved state does not know yet was told to nobody: its number may be given again.
  if (lost_ &&
      (lost_->id >= next_ || (has_newest() && kept_.back().generation.id() == lost_->id))) {
    lost_.reset();
  }
  return true;
}

bool Generations::restore_one(SnapshotReader& reader) {
  Slot slot{};
  GenerationId id{};
  std::uint64_t checksum = 0;
  SteadyTime expires_at;
  std::optional<SteadyTime> superseded_at;
  bool held = false;
  bool regained = false;
  if (!reader.get(slot) || !reader.get(id) || !reader.get(checksum) || !reader.get(expires_at) ||
      !reader.get(superseded_at) || !reader.get(held) || !reader.get(regained)) {
    return false;
  }
  const auto generation = Generation::find(*memory_, slot, id, checksum);
  if (!generation) return true;  // killed while it was wiped, or the memory is spoilt
  if (kept_.size() == kKept) return false;
  memory_->lock(slot);
  kept_.push_back({*generation, expires_at, superseded_at, held, regained});
  return true;
}

void Generations::start_over() {
  *this = Generations(*memory_, *counter_, *tree_, mount_point_, follow_after_);
  memory_->wipe_all();
}

void Generations::wipe() {
  kept_.clear();
  counter_->forget_newest();
  memory_->wipe_all();
}

void Generations::wipe_unused() {
  std::vector<Slot> used;
  used.reserve(kept_.size());
  for (const Kept& kept : kept_) used.push_back(kept.generation.slot());
  memory_->wipe_others(used);
}

}  // namespace ramrolefs
