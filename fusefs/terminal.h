// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdlib>

namespace ramrolefs {

/// Whether what goes to standard output may be coloured: on a terminal whose user has not asked for
/// none (https://no-color.org).
inline bool is_coloured() {
  const char* refused = std::getenv("NO_COLOR");
  return (refused == nullptr || *refused == '\0') && isatty(STDOUT_FILENO) == 1;
}

}  // namespace ramrolefs
