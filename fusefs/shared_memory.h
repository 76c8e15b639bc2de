// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "fusefs/file_descriptor.h"
#include "fusefs/frozen.h"

namespace ramrolefs {

/// The memory that the monitor holds and its workers share, one after another: the frozen part, two
/// images of options, two snapshots of a filesystem's state, and the generations. Without a name in
/// any filesystem (memfd_create(2)); what is not used takes no memory.
///
/// Threads   one at a time.
/// Owns      the mapping and, as the one that created it, the descriptor.
class SharedMemory {
 public:
  /// What a monitor needs: the frozen part and the images of options. Secrets are not in it.
  enum class Part { monitors, all };

  /// Nothing where there is no memory for it.
  static std::optional<SharedMemory> create();
  /// Maps what another process has created; nothing where it is none, or can't be mapped.
  static std::optional<SharedMemory> open(FileDescriptor memory, Part part);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  int descriptor() const { return descriptor_.get(); }
  Frozen& frozen() const { return *reinterpret_cast<Frozen*>(start_); }

  /// An image that is replaced as a whole: one of two places holds it, so that who is killed while
  /// he writes the other has changed nothing.
  std::span<const std::byte> options() const;
  void set_options(std::span<const std::byte> image);
  std::span<const std::byte> snapshot() const;
  /// Where to write the next one, which set_snapshot() then makes the one that counts.
  std::span<std::byte> next_snapshot() const;
  void set_snapshot(std::size_t size);

  /// For GenerationMemory. Requires: all is mapped.
  std::span<std::byte> generations() const;

 private:
  SharedMemory(FileDescriptor descriptor, std::byte* start, std::size_t size)
      : descriptor_(std::move(descriptor)), start_(start), size_(size) {}

  FileDescriptor descriptor_;
  std::byte* start_;
  std::size_t size_;
};

}  // namespace ramrolefs
