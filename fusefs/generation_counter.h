// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <optional>

#include "common/credential.h"
#include "fusefs/inode_number.h"

namespace ramrolefs {

/// The newest generation, as far as its readers have to find it again: its number and its time
/// stamp, by which the kernel knows its files.
struct Newest {
  GenerationId id;
  std::uint64_t fingerprint;  // of its credential, by fingerprint_of()
  timespec mtime;
};

/// What generations go by, and the newest one: for a worker that can't read them. Its layout is
/// *frozen*: nothing here may be moved, resized or given another meaning. All zero is a new mount.
///
/// Threads   one at a time. A kill between any two instructions leaves it right: a number too many
///           is used up, or no newest generation is known.
struct GenerationCounter {
  std::atomic<std::uint64_t> next;         // no generation has this number or a higher one
  std::atomic<std::uint64_t> newest;       // 0: none
  std::atomic<std::uint64_t> fingerprint;  // of its credential and how it is rendered
  std::atomic<std::int64_t> mtime_seconds;
  std::atomic<std::int64_t> mtime_nanoseconds;

  /// The least number that was never given.
  GenerationId first_free() const;
  /// The number is about to be given.
  void reserve(GenerationId id);

  void set_newest(const Newest& generation);
  /// It is gone, and nobody is to be given anything of it.
  void forget_newest() { newest = 0; }
  std::optional<Newest> get_newest() const;
  /// That of the newest generation there ever was.
  timespec last_mtime() const;
};
static_assert(sizeof(GenerationCounter) == 40);

/// Tells one credential from another, and how its files end. It goes from one version of the
/// program to the next, and is thus frozen too.
std::uint64_t fingerprint_of(const Credential& credential, bool newline);

}  // namespace ramrolefs
