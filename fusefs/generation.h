// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <string_view>
#include <vector>

#include "common/credential.h"
#include "common/secret.h"
#include "fusefs/inode_number.h"
#include "fusefs/served_files.h"

namespace ramrolefs {

/// One credential as files: every one rendered once, to bytes that never change again.
///
/// Threads   any; it is constant.
/// Owns      the bytes; they are wiped at its end.
class Generation {
 public:
  /// `mtime` is that of all its files. `newline` ends each with one.
  Generation(GenerationId id, const Credential& credential, timespec mtime, bool newline);

  GenerationId id() const { return id_; }
  const timespec& mtime() const { return mtime_; }

  /// What the file holds; valid while the generation lives.
  std::string_view bytes(const ServedFile& file) const;

 private:
  GenerationId id_;
  timespec mtime_;
  std::vector<Secret> rendered_;  // in the order of kServedFiles
};

/// The time stamp of the generation `id` whose credential is of `last_updated`: later than that of
/// the one before it in any case, with the generation in its nanoseconds, so that no two share one.
/// A reader that follows keeps the old pages if they do: the kernel tells by size and mtime
/// (AUTO_INVAL_DATA).
timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before);

}  // namespace ramrolefs
