// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ramrolefs {

/// Asks the mount at `place` (the only one if empty) for a refresh, and says when it comes. Returns
/// the exit status: 0; 1 with the reason on standard error.
int ask_for_refresh(const std::string& place);

}  // namespace ramrolefs
