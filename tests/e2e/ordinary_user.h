// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {

/// The words that run a shell script in which an ordinary user can mount, in mount and PID
/// namespaces of its own that end with it. It finds $url, the emulator's; $folder with the program
/// as ramrolefs and a mount point m of the user's; $as_user, the words that make a command his; and
/// `arguments`.
std::vector<std::string> as_ordinary_user(const std::string& script, const Emulator& emulator,
                                          const Folder& folder,
                                          const std::vector<std::string>& arguments = {});

}  // namespace ramrolefs::e2e
