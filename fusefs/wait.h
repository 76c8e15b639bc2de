// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/clock.h"

namespace ramrolefs {

/// Waits until a credential can be read from the mount at `place` (the only one if empty), which
/// need not be there yet. Returns 0, or after `timeout` 1, with the reason on standard error.
int wait_for_credential(const std::string& place, Duration timeout);

}  // namespace ramrolefs
