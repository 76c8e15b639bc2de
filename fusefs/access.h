// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

#include "fusefs/kin.h"

namespace ramrolefs {

/// Whose the files are, and who may read them.
struct Access {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0400;  // of the files, read bits alone

  bool operator==(const Access&) const = default;
};

/// Who made a request. The kernel tells the thread (0 if it is in a foreign pid namespace) and the
/// user and group that count for files (fuse_req_ctx()).
struct Caller {
  pid_t thread = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  // Asked only where they matter. Empty where it cannot be told.
  std::function<std::optional<bool>(gid_t)> has_group = {};  // a supplementary one
  std::function<bool()> overrides = {};  // whether it reads whatever the mode is
  std::function<std::optional<Kin>()> kin = {};
};

/// Whether the mode lets the caller read. The kernel enforces it by itself (default_permissions);
/// this says who may start a flight and wait for it. Whose groups cannot be told may where any of
/// them could: the kernel still keeps out who may not.
bool may_read(const Access& access, const Caller& caller);

/// Whether the thread has that supplementary group, as /proc/PID/status says (proc(5)). Empty where
/// /proc does not say: a foreign pid namespace, hidepid, a thread that has ended.
/// (libfuse's fuse_req_getgroups() searches in bytes that no NUL ends, up to 3.14 at least.)
std::optional<bool> thread_has_group(pid_t thread, gid_t group);

/// Whether the thread's capabilities let it read any file (capabilities(7): CAP_DAC_READ_SEARCH,
/// CAP_DAC_OVERRIDE). Those of a user namespace count here, though not for the kernel: such a
/// thread may then wait for a credential that it will not get.
bool thread_overrides_mode(pid_t thread);

}  // namespace ramrolefs
