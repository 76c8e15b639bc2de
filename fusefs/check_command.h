// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace ramrolefs {

/// `ramrolefs check`: walks the way to a credential as a mount with the same options would, and
/// prints how each step went and what helps, never a secret. It asks as the user that a mount asks
/// as, since a packet filter may tell users apart. Returns the exit status: 0 if all is well, 1 if
/// a step failed, 2 for a wrong option.
///
/// Threads   before there is another one: it changes the user.
int check_command(const std::vector<std::string>& words);

}  // namespace ramrolefs
