// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/credential.h"

namespace ramrolefs {

/// All that a file is made of.
struct Rendering {
  const Credential& credential;
  std::string_view region;       // empty where nobody knows it
  std::string_view mount_point;  // absolute
};

}  // namespace ramrolefs
