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

/// One credential as files: every one rendered once, to bytes that never change again. A file that
/// holds the same as in the generation before (RoleName, mostly) is the same file: it has the inode
/// and the time stamp that it had there, as nobody who watches it is to be told of nothing.
///
/// Threads   any; it is constant.
/// Owns      the bytes; they are wiped at its end.
class Generation {
 public:
  /// `mtime` is that of its new files. `newline` ends each with one. `before` may be null.
  Generation(GenerationId id, const Credential& credential, timespec mtime, bool newline,
             const Generation* before);

  GenerationId id() const { return id_; }

  /// What the file holds; valid while the generation lives.
  std::string_view bytes(const ServedFile& file) const { return of(file).bytes.expose(); }
  const timespec& mtime(const ServedFile& file) const { return of(file).mtime; }
  /// By which the kernel knows it in the mount's root.
  InodeNumber inode(const ServedFile& file) const { return {of(file).origin, file.place}; }
  /// Whether the generation before held something else.
  bool is_new(const ServedFile& file) const { return of(file).origin == id_; }

 private:
  struct File {
    Secret bytes;
    timespec mtime;
    GenerationId origin;  // the first that held the same
  };

  const File& of(const ServedFile& file) const;

  GenerationId id_;
  std::vector<File> files_;  // in the order of kServedFiles
};

/// The time stamp of the generation `id` whose credential is of `last_updated`: later than that of
/// the one before it in any case, with the generation in its nanoseconds, so that no two share one.
/// A reader that follows keeps the old pages if they do: the kernel tells by size and mtime
/// (AUTO_INVAL_DATA).
timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before);

}  // namespace ramrolefs
