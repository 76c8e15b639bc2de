// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fuse_lowlevel.h>

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/fuse_operations.h"

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

  /// Mounts on `directory`, read-only, nosuid, nodev, noexec, permissions checked by the kernel.
  /// As root without any help; as an ordinary user by fusermount3, and for that user alone. The
  /// error is a sentence for people. `served` must outlive the Mount.
  static tl::expected<Mount, std::string> make(const std::string& directory, const Options& options,
                                               Served& served);

  Mount(Mount&& other) noexcept = default;
  Mount& operator=(Mount&&) = delete;
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;
  ~Mount();

  /// Its descriptor does not block.
  fuse_session* session() const { return session_.get(); }

  /// Takes it off the directory. Does nothing if somebody else has done so.
  void unmount();

 private:
  using Session = std::unique_ptr<fuse_session, decltype(&fuse_session_destroy)>;

  Mount(std::string directory, Session session);

  std::string directory_;
  Session session_;
  std::optional<int> id_;  // in the kernel's table; nothing where that could not be read
  bool mounted_ = true;    // as far as we know
};

}  // namespace ramrolefs
