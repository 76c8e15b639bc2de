// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string_view>

#include "common/credential.h"
#include "fusefs/generation_memory.h"
#include "fusefs/inode_number.h"
#include "fusefs/served_files.h"

namespace ramrolefs {

class Tree;

/// One credential as files: every one rendered once, to bytes that never change again. A file that
/// holds the same as in the generation before (RoleName, mostly) is the same file: it has the inode
/// and the time stamp that it had there, as nobody who watches it is to be told of nothing.
///
/// All of it is in a slot of a GenerationMemory, where another process finds it again.
///
/// Threads   any; it is constant.
/// Owns      nothing: whoever has the slot wiped ends it.
class Generation {
 public:
  using Slot = GenerationMemory::Slot;

  /// `mtime` is that of its new files. `rendering` tells what all of it is rendered of, but for the
  /// credential, from what another one is. `before` may be null.
  struct Making {
    GenerationId id;
    timespec mtime;
    std::uint64_t rendering;
    std::string_view region;
    std::string_view mount_point;
    const Generation* before;
  };
  /// Renders the files of the tree into a slot that is not in use. One that can't be rendered is
  /// left out, with a line in the log. Throws std::bad_alloc where they do not fit; the slot is
  /// then to be wiped.
  Generation(GenerationMemory& memory, Slot slot, const Tree& tree, const Credential& credential,
             const Making& making);

  /// The one that is in the slot; nothing where it is not all there, by its checksum.
  static std::optional<Generation> find(const GenerationMemory& memory, Slot slot, GenerationId id,
                                        std::uint64_t checksum);

  GenerationId id() const { return head_->id; }
  Slot slot() const { return slot_; }
  std::uint64_t checksum() const { return checksum_; }

  /// Whether it has the file: one that was rendered otherwise may not.
  bool has(const ServedFile& file, View view = kRootView) const {
    return find(file, view) != nullptr;
  }

  /// Whether values end with a newline in that directory.
  bool ends_lines(View view) const {
    const auto bit = static_cast<unsigned>(view);
    return (head_->endings[bit / 64] >> (bit % 64) & 1U) != 0;
  }

  // Of a file that it has, in that directory:
  /// What the file holds, with the newline that a directory may add to a value; valid while the
  /// generation lives.
  std::string_view bytes(const ServedFile& file, bool newline = false, View view = kRootView) const;
  timespec mtime(const ServedFile& file, View view = kRootView) const;
  /// The first generation that held the same: by it the kernel knows the file.
  GenerationId origin(const ServedFile& file, View view = kRootView) const {
    return find(file, view)->origin;
  }
  /// Whether the generation before held something else.
  bool is_new(const ServedFile& file, View view = kRootView) const {
    return origin(file, view) == id();
  }

  std::string_view role() const { return value(kRoleName); }
  std::chrono::sys_seconds expiration() const;
  std::uint64_t rendering() const { return head_->rendering; }

  /// Whether it is of that credential (Credential::same_as()), told in a time that says nothing of
  /// its secrets.
  bool shows(const Credential& credential) const;
  /// The credential that it was made of.
  Credential credential() const;

  /// What it is written as, for telling whether this program wrote it.
  static std::size_t layout() { return sizeof(Head) + sizeof(File); }

 private:
  struct File {
    GenerationId origin;  // the first generation that held the same
    std::int64_t mtime_seconds;
    std::int64_t mtime_nanoseconds;
    std::uint64_t at;    // where the bytes are in the slot
    std::uint64_t size;  // a newline comes behind them
    Seat seat;           // in the root, if it is the same everywhere

    void take_over(const File& same);  // what holds the same is the same file
  };
  struct Head {
    GenerationId id;
    std::int64_t expiration;
    std::int64_t last_updated;
    std::uint64_t rendering;
    Endings endings;
    std::uint64_t count;  // of the files, which come next
  };

  Generation(Slot slot, std::span<const std::byte> bytes, std::uint64_t checksum);

  static Head* lay_out(std::span<std::byte> bytes, const Credential& credential,
                       const Making& making, std::uint64_t count);
  std::span<const File> files() const;
  bool whole(std::size_t size) const;
  const File* find(Seat seat) const;
  const File* find(const ServedFile& file, View view) const {
    return find({GenerationId{0}, file.place, file.per_directory ? view : kRootView});
  }
  std::string_view text(const File& file) const;
  std::string_view value(Place place) const { return text(*find({GenerationId{0}, place})); }
  Secret secret(Place place) const { return Secret(value(place)); }

  Slot slot_;
  const Head* head_;  // in the slot, with the files and their bytes behind it
  std::uint64_t checksum_;
};

/// The time stamp of the generation `id` whose credential is of `last_updated`: later than that of
/// the one before it in any case, with the generation in its nanoseconds, so that no two share one.
/// A reader that follows keeps the old pages if they do: the kernel tells by size and mtime
/// (AUTO_INVAL_DATA).
timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before);

}  // namespace ramrolefs
