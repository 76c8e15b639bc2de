// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fuse_lowlevel.h>

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/file_descriptor.h"
#include "fusefs/fuse_operations.h"
#include "fusefs/mount_table.h"

namespace ramrolefs {

/// A mounted filesystem and the libfuse session that serves it.
///
/// Threads   one at a time.
/// Owns      the session, its descriptor, and the mount: the destructor unmounts, also while files
///           are open in it (the kernel then detaches it).
class Mount {
 public:
  struct Options {
    std::string source;               // shown as the device in tables of mounts
    std::vector<std::string> kernel;  // more options for mount(2): "context=…"
  };

  /// Mounts on `directory`, nosuid, nodev, noexec, permissions checked by the kernel. As root
  /// without any help, and read-only; the filesystem itself is not, lest its clone be. As an
  /// ordinary user by fusermount3, and for that user alone. The error is a sentence for people.
  /// `served` must outlive the Mount.
  static tl::expected<Mount, std::string> make(const std::string& directory, const Options& options,
                                               Served& served);

  Mount(Mount&& other) noexcept = default;
  Mount& operator=(Mount&&) = delete;
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;
  ~Mount();

  /// Its descriptor does not block.
  fuse_session* session() const { return session_.get(); }

  /// The same filesystem as a mount of its own that nobody sees, but which can be written to: for
  /// the announcer. Once; not valid where there is none, for an ordinary user or on a kernel
  /// before 5.2. As long as somebody holds it, the filesystem outlives the visible mount.
  FileDescriptor take_clone() { return std::move(clone_); }

  /// Where the visible mount is. The table is ready for reading (POLLPRI) when the table of mounts
  /// has changed; -1 where nobody has to look at that.
  const std::string& directory() const { return directory_; }
  int table() const { return table_.get(); }
  /// Whether the visible mount is in it, as far as can be told.
  bool is_visible() const;

  /// Takes it off the directory. Does nothing if somebody else has done so.
  void unmount();

 private:
  using Session = std::unique_ptr<fuse_session, decltype(&fuse_session_destroy)>;

  Mount(std::string directory, Session session, FileDescriptor clone);

  std::string directory_;
  Session session_;
  FileDescriptor clone_;
  FileDescriptor table_;
  std::optional<MountEntry> entry_;  // in the kernel's table; nothing where that can't be read
  bool mounted_ = true;              // as far as we know
};

}  // namespace ramrolefs
