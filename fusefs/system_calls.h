// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ramrolefs {

// What a process may still ask of the kernel: a filter (seccomp(2), by libseccomp) that can't be
// taken off any more. It judges numbers, never what a pointer points to.
//
// What serving never does and an intruder would (another program, another process, looking into
// one, a file that is made or written, a mount, another user, a socket that listens, memory that is
// executable) kills the process with SIGSYS. Whatever else is not on the list fails with ENOSYS, so
// that another libc falls back on what it did before; with RAMROLEFS_FILTER=kill in the environment
// it kills too, lest a test not see what is missing on the list.
//
// Requires: no_new_privs.
// Threads   before there is another one.
// Failures  a sentence for people; there is no filter then.

/// The worker's: reads and writes, memory, threads, time, files read-only, connections by TCP. Of a
/// socket that it has not got it is told that there is no such family: syslog(3) can't connect
/// anew, once the daemon at its other end has closed.
tl::expected<void, std::string> leave_calls_of_worker();

/// The announcer's: messages, renames, its end. Any other call kills it.
tl::expected<void, std::string> leave_calls_of_announcer();

}  // namespace ramrolefs
