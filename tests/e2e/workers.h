// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ramrolefs::e2e {

/// The worker that a monitor has started last; nothing where there is none now. One that was killed
/// and not buried yet is none.
std::optional<pid_t> worker_of(pid_t monitor);

/// The announcer.
std::optional<pid_t> announcer_of(pid_t monitor);

/// Waits for a worker other than `before`.
pid_t next_worker(pid_t monitor, pid_t before = -1);

/// Kills the worker of that mount, and says how long it takes until another one answers: machines,
/// and sanitizers, differ by far.
std::chrono::milliseconds time_of_a_takeover(pid_t monitor, const std::string& mount);

/// The environment of a program whose workers fail as `plan` says, a file that need not be there
/// (worker_fault.cpp).
std::vector<std::string> with_faults(const std::string& plan);

}  // namespace ramrolefs::e2e
