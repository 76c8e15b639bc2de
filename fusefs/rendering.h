// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/credential.h"

namespace ramrolefs {

/// All that a file is made of.
struct Rendering {
  const Credential& credential;  // its values are printable ASCII, as parse_credential() takes them
  std::string_view region;       // empty where nobody knows it
  std::string_view mount_point;  // absolute; of what is told of its directory: that of the view
  bool has_external = true;      // whether external.json is there
};

}  // namespace ramrolefs
