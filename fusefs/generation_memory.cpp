// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace ramrolefs {
namespace {

/// What a slot begins with: how much of it is used, with this.
using Used = std::uint64_t;
constexpr std::size_t kHead = 64;  // the rest is aligned for anything

std::atomic_ref<Used> used_of(std::span<std::byte> slot) {
  return std::atomic_ref(*reinterpret_cast<Used*>(slot.data()));
}

}  // namespace

GenerationMemory::GenerationMemory(std::span<std::byte> memory) : memory_(memory) {
  if (!memory_.empty()) madvise(memory_.data(), memory_.size(), MADV_DONTDUMP);
}

std::span<std::byte> GenerationMemory::begin(Slot slot, std::size_t size) {
  if (static_cast<std::uint32_t>(slot) >= slots() || size > kSlotSize - kHead) return {};
  used_of(whole(slot)) = kHead + size;
  lock(slot);
  return used(slot).subspan(kHead);
}

std::span<const std::byte> GenerationMemory::bytes(Slot slot) const {
  const auto all = used(slot);
  return all.empty() ? all : all.subspan(kHead);
}

void GenerationMemory::lock(Slot slot) {
  const auto all = used(slot);
  if (mlock(all.data(), all.size()) != 0) lock_error_ = errno;
}

void GenerationMemory::wipe(Slot slot) {
  if (static_cast<std::uint32_t>(slot) >= slots()) return;
  if (const auto all = used(slot); !all.empty()) explicit_bzero(all.data(), all.size());
  // Locked ones can't be given back (madvise(2)). To have looked at one was to take it.
  munlock(whole(slot).data(), kSlotSize);
  madvise(whole(slot).data(), kSlotSize, MADV_REMOVE);
}

void GenerationMemory::wipe_others(const std::vector<Slot>& used) {
  for (std::uint32_t i = 0; i < slots(); ++i) {
    if (std::find(used.begin(), used.end(), Slot{i}) == used.end()) wipe(Slot{i});
  }
}

std::span<std::byte> GenerationMemory::whole(Slot slot) const {
  return memory_.subspan(static_cast<std::size_t>(slot) * kSlotSize, kSlotSize);
}

/// Whatever the slot says: it may be of a version that writes it otherwise.
std::span<std::byte> GenerationMemory::used(Slot slot) const {
  if (static_cast<std::uint32_t>(slot) >= slots()) return {};
  const Used size = used_of(whole(slot));
  return size < kHead ? std::span<std::byte>() : whole(slot).first(std::min(size, kSlotSize));
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
