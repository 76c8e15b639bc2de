// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace ramrolefs {

GenerationMemory::GenerationMemory(std::span<std::byte> memory) : memory_(memory) {
  if (!memory_.empty()) madvise(memory_.data(), memory_.size(), MADV_DONTDUMP);
}

std::uint32_t GenerationMemory::slots() const {
  if (memory_.size() < kHeadSize) return 0;
  return static_cast<std::uint32_t>(std::min((memory_.size() - kHeadSize) / kSlotSize, kMostSlots));
}

std::span<std::byte> GenerationMemory::begin(Slot slot, std::size_t size) {
  if (static_cast<std::uint32_t>(slot) >= slots() || size > kSlotSize) return {};
  this->size(slot) = size;
  lock(slot);
  return used(slot);
}

std::span<const std::byte> GenerationMemory::bytes(Slot slot) const {
  return used(slot);
}

void GenerationMemory::lock(Slot slot) {
  const auto all = used(slot);
  if (!all.empty() && mlock(all.data(), all.size()) != 0) lock_error_ = errno;
}

void GenerationMemory::wipe(Slot slot) {
  const auto all = used(slot);
  if (all.empty()) return;
  explicit_bzero(all.data(), all.size());
  // Locked ones can't be given back (madvise(2)).
  munlock(all.data(), kSlotSize);
  madvise(all.data(), kSlotSize, MADV_REMOVE);
  size(slot) = 0;
}

void GenerationMemory::wipe_others(const std::vector<Slot>& used) {
  for (std::uint32_t i = 0; i < slots(); ++i) {
    if (std::find(used.begin(), used.end(), Slot{i}) == used.end()) wipe(Slot{i});
  }
}

void GenerationMemory::wipe_all() {
  wipe_others({});
  if (memory_.empty()) return;
  munlock(memory_.data(), memory_.size());
  madvise(memory_.data(), memory_.size(), MADV_REMOVE);
}

std::atomic_ref<std::uint64_t> GenerationMemory::size(Slot slot) const {
  return std::atomic_ref(
      reinterpret_cast<std::uint64_t*>(memory_.data())[static_cast<std::size_t>(slot)]);
}

/// Whatever the head says: it may be of a version that writes it otherwise.
std::span<std::byte> GenerationMemory::used(Slot slot) const {
  if (static_cast<std::uint32_t>(slot) >= slots()) return {};
  return memory_.subspan(offset(slot), std::min<std::size_t>(size(slot), kSlotSize));
}

AnonymousMemory::AnonymousMemory(std::size_t size) {
  void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start != MAP_FAILED) bytes_ = {static_cast<std::byte*>(start), size};
}

AnonymousMemory::~AnonymousMemory() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace ramrolefs
