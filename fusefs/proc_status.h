// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace ramrolefs {

/// What stands behind `heading` ("Groups:") in /proc/PID/status of a thread (proc(5)). Nothing
/// where /proc does not say: a foreign pid namespace, hidepid, a thread that has ended.
///
/// Threads   any.
std::optional<std::string> proc_status(pid_t thread, const std::string& heading);

}  // namespace ramrolefs
