// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace ramrolefs::e2e {

/// All that /proc shows.
std::vector<pid_t> all_processes();

/// The process and all that descend from it, as /proc shows them now.
std::vector<pid_t> family_of(pid_t ancestor);

/// All of a file in /proc/PID.
std::string of_process(pid_t process, const std::string& file);

}  // namespace ramrolefs::e2e
