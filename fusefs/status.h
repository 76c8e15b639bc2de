// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ramrolefs {

/// Prints whether the mount at `place` (the only one if empty) answers. Returns 0 if it does, 2 if
/// not, 3 if there is none. Asks nothing of the metadata service.
int show_status(const std::string& place);

}  // namespace ramrolefs
