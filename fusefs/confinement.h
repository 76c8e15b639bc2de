// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

#include "fusefs/file_descriptor.h"
#include "fusefs/identity.h"

namespace ramrolefs {

// What the monitor's processes give up before they do anything for anybody: files, privileges,
// system calls. After it there is no way back. A mistake in what talks to the network, or to
// readers, then reaches what this process holds, and nothing else.
//
// As root, the process sees no file at all (chroot(2)), and is a user of its own. A user's own
// mount has less: the process stays that user, and its root directory stays. Then landlock(7)
// forbids it files, where the kernel has that (Linux 5.13) and /proc has no hidepid=; where it has
// not, the worker may read what the user may, and the announcer may rename it. So may root's worker
// read what other processes of its user see (/proc/PID/root), if that is `nobody`, who may have
// some. On any kernel, neither makes or writes a file, runs a program, or looks into another
// process's memory: system_calls.h.
//
// Under the address and thread sanitizers neither chroot nor landlock nor filter is applied, as
// their runtimes read files and make calls of their own; all else is.
//
// Threads   before there is another one.
// Failures  a sentence for people. The process is closed in halfway then, and must end.

/// Who is to be closed in, and with whom it is to die.
struct Confinement {
  Identity identity;
  pid_t parent;           // what getppid() has said before
  int oom_score_adj = 0;  // as root; the monitor's own is inherited, by which nobody kills it
};

/// Closes the worker in. `proc` is open_proc()'s, and becomes its root directory and that of
/// read_proc(). It may lock as much memory as it likes where we may allow that, dumps no core,
/// can't be traced by its own user, and dies with its parent. That needs CAP_KILL of the parent
/// when it is another user by then (check_kill_permission() in kernel/signal.c). Requires: whatever
/// needs a file has been done: options, NSS, log::start(), CurlTransport's constructor. The time
/// zone is looked up here, for syslog(3).
tl::expected<void, std::string> confine_worker(const Confinement& confinement, FileDescriptor proc);

/// Closes the announcer in, which may rename in the mount `clone`, or, where that is -1, beneath
/// `directory`. Asks the mount for its root, and so waits until there is a worker that answers.
/// It may allocate: it is a child of a process that has one thread.
tl::expected<void, std::string> confine_announcer(const Confinement& confinement, int clone,
                                                  const char* directory);

}  // namespace ramrolefs
