// SPDX-License-Identifier: Apache-2.0
#include "fusefs/version.h"

namespace ramrolefs {

const char* version() {
  return RAMROLEFS_VERSION;
}

}  // namespace ramrolefs
