// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "fusefs/file_descriptor.h"

namespace ramrolefs {

// procfs, from which it is known who a caller is.

/// A procfs for this process alone, in which each process can be seen, whatever hidepid= says of
/// the one at /proc (proc(5)), and nothing but processes. It is mounted nowhere: that needs no
/// mount namespace, in which a copy of the visible mount would be, too. Where there is none to be
/// had (not root, before Linux 5.8), the machine's. Not valid if there is no procfs at all.
FileDescriptor open_proc();

/// Whether the machine's /proc shows a process to those alone who may trace it (hidepid=).
bool proc_hides();

/// From now on, read_proc() reads there, and not at /proc. Before there is another thread.
void read_proc_in(FileDescriptor directory);

/// What /proc/PID/`file` holds, PID being that of a process or of another thread. Empty where it
/// can't be read: a foreign pid namespace, hidepid, a thread that has ended.
///
/// Threads   any.
std::string read_proc(pid_t thread, const char* file);

}  // namespace ramrolefs
