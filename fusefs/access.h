// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>

namespace ramrolefs {

/// Whose the files are, and who may read them.
struct Access {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0400;  // of the files, read bits alone
};

/// Who made a request. The kernel tells the thread (0 if it is in a foreign pid namespace) and the
/// user and group that count for files (fuse_req_ctx()).
struct Caller {
  pid_t thread = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::function<bool(gid_t)> has_group;  // a supplementary group; asked only where it matters
};

/// Whether the mode lets the caller read. The kernel enforces it by itself (default_permissions);
/// this says who may start a flight and wait for it. Capabilities do not count, but for root's.
bool may_read(const Access& access, const Caller& caller);

}  // namespace ramrolefs
