// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/e2e/process.h"

namespace ramrolefs::bench {

/// Whether the program has that option: a benchmark may be run with an older one.
inline bool program_knows(const std::string& option) {
  return e2e::run({RAMROLEFS_PROGRAM, "--help"}).out.find(option) != std::string::npos;
}

}  // namespace ramrolefs::bench
