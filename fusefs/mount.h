// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/file_descriptor.h"
#include "fusefs/mount_table.h"

namespace ramrolefs {

/// Takes a mount away, also while files are open in it; as an ordinary user by fusermount3.
bool detach_mount(const std::string& path);

/// A mounted filesystem, as who mounts it sees it: nobody serves it yet.
///
/// Threads   one at a time. make(), is_visible() and unmount() allocate, and look at the table of
///           mounts; nothing else does.
/// Owns      its descriptors, not the mount: unmount() takes that away.
class Mount {
 public:
  struct Options {
    std::string source;               // shown as the device in tables of mounts
    std::vector<std::string> kernel;  // more options for mount(2): "context=…"
  };

  /// Mounts on `directory`, nosuid, nodev, noexec, permissions checked by the kernel. As root
  /// without any help, and read-only; the filesystem itself is not, lest its clone be. As an
  /// ordinary user by fusermount3, and for that user alone. The error is a sentence for people.
  static tl::expected<Mount, std::string> make(const std::string& directory,
                                               const Options& options);

  /// One that was made before, by a process that is no more: with the descriptors that it had, and
  /// the number of the visible mount. Nothing if that has gone.
  static std::optional<Mount> found(const std::string& directory, FileDescriptor device,
                                    FileDescriptor clone, int id);

  /// The kernel's requests come from there; it does not block. Whoever serves the mount has a copy
  /// of the descriptor, not another one of the device: what was read from one that is closed could
  /// not be answered any more.
  int device() const { return device_.get(); }

  /// The same filesystem as a mount of its own that nobody sees, but which can be written to: for
  /// the announcer. Not valid where there is none, for an ordinary user or on a kernel before 5.2.
  /// As long as somebody holds it, the filesystem outlives the visible mount.
  const FileDescriptor& clone() const { return clone_; }
  void let_clone_go() { clone_.close(); }

  /// Where the visible mount is. The table is ready for reading (POLLPRI) when the table of mounts
  /// has changed; -1 where nobody has to look at that.
  const std::string& directory() const { return directory_; }
  int table() const { return table_.get(); }
  /// Its number in the table; 0 where that is not known.
  int id() const { return entry_ ? entry_->id : 0; }
  /// Whether the visible mount is in it, as far as can be told.
  bool is_visible() const;

  /// Takes it off the directory. Does nothing if somebody else has done so.
  void unmount() const;

 private:
  Mount(std::string directory, FileDescriptor device, FileDescriptor clone);

  std::string directory_;
  FileDescriptor device_;
  FileDescriptor clone_;
  FileDescriptor table_;
  std::optional<MountEntry> entry_;  // in the kernel's table; nothing where that can't be read
};

}  // namespace ramrolefs
