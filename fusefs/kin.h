// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>

#include "common/clock.h"

namespace ramrolefs {

/// A caller's place among the processes, by which its reads and those of its kin are known to
/// belong together: two `cat`s of a script share a parent, or at least a process group or a
/// session.
struct Kin {
  pid_t process = 0;  // of which the caller is a thread
  pid_t parent = 0;   // 0, here and below: in another pid namespace, or none
  pid_t group = 0;
  pid_t session = 0;
  Duration age{};  // of the process
};

/// That of a thread, as /proc says. Nothing where it does not: thread 0 (a caller outside of our
/// pid namespace), hidepid, a thread that has ended.
///
/// Threads   any.
/// Time      `now` is CLOCK_BOOTTIME, by which /proc counts when a process began (proc(5)).
std::optional<Kin> kin_of(pid_t thread, SteadyTime now);

}  // namespace ramrolefs
