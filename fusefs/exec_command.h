// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace ramrolefs {

/// Reads AccessKeyId, AccessKeySecret and SecurityToken of one credential from the mount at `place`
/// (the only one if empty), and turns the process into `command`, with the values in its
/// environment under the names that the SDKs, ossutil and ossfs read. They are in no argument.
///
/// Threads   the main one: execve(2) ends all others.
/// Failures  returns the exit status, as env(1) does, with the reason on standard error: 125 if
///           there is no credential, 126 if the command can't be started, 127 if it isn't found.
int exec_with_credential(const std::string& place, const std::vector<std::string>& command);

/// What it returns for what is none of the command's.
inline constexpr int kExecFailed = 125;

}  // namespace ramrolefs
