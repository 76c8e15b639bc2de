// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ramrolefs {

/// Where the bytes of generations are: memory of somebody else's, which outlives the process that
/// serves from it, in slots of one size. A slot is a great deal larger than a generation: what is
/// not used of it takes no memory.
///
/// Which slots are in use, its user knows. What is used of each is noted, in the page that the
/// memory begins with, before anything is written there: so it is wiped as a whole, whoever was
/// killed in the middle, and a slot that nothing was written to is not looked at, which would take
/// a page.
///
/// Threads   one at a time; one process at a time.
/// Owns      nothing: not the memory, and not what is in it, which goes on when this ends.
/// Failures  no lock on a page is no failure: lock_error() says so.
class GenerationMemory {
 public:
  static constexpr std::size_t kSlotSize = std::size_t{4} << 20U;
  enum class Slot : std::uint32_t {};

  /// Where a slot begins, in bytes from the memory's beginning; and how much memory has so many
  /// slots, 512 at most.
  static constexpr std::size_t offset(Slot slot) {
    return kHeadSize + static_cast<std::size_t>(slot) * kSlotSize;
  }
  static constexpr std::size_t size_for(std::uint32_t slots) { return offset(Slot{slots}); }

  /// `memory` begins at a page, and must outlive it. It goes into no core dump.
  explicit GenerationMemory(std::span<std::byte> memory);

  std::uint32_t slots() const;

  /// So many bytes to write to, in a slot that is not in use; none where they don't fit. The
  /// kernel keeps them out of the swap (mlock(2)), if it will.
  std::span<std::byte> begin(Slot slot, std::size_t size);

  /// Those of a slot, as begin() gave them out; none where nothing is there. For a process that
  /// takes over, the kernel keeps them out of the swap only once lock() was called.
  std::span<const std::byte> bytes(Slot slot) const;
  void lock(Slot slot);

  /// Zeroes what is used of the slot, and gives its pages back.
  void wipe(Slot slot);
  /// All slots but these.
  void wipe_others(const std::vector<Slot>& used);
  /// All slots, and gives back what else is there: of a version that may write the head otherwise.
  void wipe_all();

  /// An errno, if a slot could not be locked: its bytes may get into the swap. Else 0.
  int lock_error() const { return lock_error_; }

 private:
  static constexpr std::size_t kHeadSize = 4096;
  static constexpr std::size_t kMostSlots = kHeadSize / sizeof(std::uint64_t);

  std::atomic_ref<std::uint64_t> size(Slot slot) const;
  std::span<std::byte> used(Slot slot) const;

  std::span<std::byte> memory_;
  int lock_error_ = 0;
};

/// Memory for one that nobody takes over from this process.
///
/// Owns      the mapping. Empty where there was no memory for it.
class AnonymousMemory {
 public:
  explicit AnonymousMemory(std::size_t size);
  AnonymousMemory(const AnonymousMemory&) = delete;
  AnonymousMemory& operator=(const AnonymousMemory&) = delete;
  ~AnonymousMemory();

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace ramrolefs
