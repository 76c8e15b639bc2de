// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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

  /// `mtime` is that of its new files. `newline` ends each value with one. `before` may be null.
  struct Making {
    GenerationId id;
    timespec mtime;
    bool newline;
    const Generation* before;
    std::string_view mount_point = {};
  };
  /// Renders it into a slot that is not in use. Throws std::bad_alloc where it does not fit; the
  /// slot is then to be wiped.
  Generation(GenerationMemory& memory, Slot slot, const Credential& credential,
             const Making& making);

  /// The one that is in the slot; nothing where it is not all there, by its checksum.
  static std::optional<Generation> find(const GenerationMemory& memory, Slot slot, GenerationId id,
                                        std::uint64_t checksum);

  GenerationId id() const { return head_->id; }
  Slot slot() const { return slot_; }
  std::uint64_t checksum() const { return checksum_; }

  /// What the file holds; valid while the generation lives.
  std::string_view bytes(const ServedFile& file) const;
  timespec mtime(const ServedFile& file) const;
  /// By which the kernel knows it in the mount's root.
  InodeNumber inode(const ServedFile& file) const { return {of(file).origin, file.place}; }
  /// Whether the generation before held something else.
  bool is_new(const ServedFile& file) const { return of(file).origin == id(); }

  std::string_view role() const { return value(kRoleName); }
  std::chrono::sys_seconds expiration() const;
  bool newline() const { return head_->newline != 0; }

  /// Whether it is of that credential (Credential::same_as()), told in a time that says nothing of
  /// its secrets.
  bool shows(const Credential& credential) const;
  /// The credential that it was made of.
  Credential credential() const;

  /// What it is written as, for telling whether this program wrote it.
  static std::size_t layout() { return sizeof(Head); }

 private:
  struct File {
    GenerationId origin;  // the first generation that held the same
    std::int64_t mtime_seconds;
    std::int64_t mtime_nanoseconds;
    std::uint64_t at;  // where the bytes are in the slot
    std::uint64_t size;

    void take_over(const File& same);  // what holds the same is the same file
  };
  struct Head {
    GenerationId id;
    std::int64_t expiration;
    std::int64_t last_updated;
    std::uint64_t newline;
    std::array<File, kServedFiles.size()> files;  // in that order
  };

  Generation(Slot slot, std::span<const std::byte> bytes, std::uint64_t checksum);

  const File& of(const ServedFile& file) const;
  std::string_view value(Place place) const;
  Secret secret(Place place) const { return Secret(value(place)); }

  Slot slot_;
  const Head* head_;  // in the slot, with the bytes of the files behind it
  std::uint64_t checksum_;
};

/// The time stamp of the generation `id` whose credential is of `last_updated`: later than that of
/// the one before it in any case, with the generation in its nanoseconds, so that no two share one.
/// A reader that follows keeps the old pages if they do: the kernel tells by size and mtime
/// (AUTO_INVAL_DATA).
timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before);

}  // namespace ramrolefs
