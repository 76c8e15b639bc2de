// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/clock.h"

namespace ramrolefs {

/// Reads AccessKeyId from the mount at `place` (the only one if empty) every `interval`, and runs
/// `command` each time that it is another than before; also for the first one, if none could be
/// read at the start: whoever started meanwhile has read nothing. A command that fails is run again
/// after the next look. Tells the service manager READY after the first look. Goes on until a
/// signal ends it.
int watch(const std::string& place, Duration interval, const std::vector<std::string>& command);

}  // namespace ramrolefs
