// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ramrolefs {

/// Keeps all memory of this process out of swap, what it has and what it will get, until it ends or
/// executes another program; a child that it forks has nothing of it (mlockall(2)). No page is
/// loaded for that: each is locked when it is touched (MCL_ONFAULT, Linux 4.4).
///
/// Only without a limit on locked memory, which it lifts: CAP_SYS_RESOURCE, or a hard limit that is
/// infinite. With one, locking may succeed, and fail later whoever maps memory or starts a thread;
/// an ordinary user's 8 MiB are less than one thread's heap.
///
/// Threads   call it before there is a second one: the limit is the process's.
/// Failures  false; then nothing is locked. The caller says so in the log.
bool lock_memory();

}  // namespace ramrolefs
