// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/credential.h"

namespace ramrolefs {

/// What a file is rendered from.
///
/// Owns  nothing: it lives for one call.
struct Rendering {
  const Credential& credential;
  std::string_view region;  // may be empty: it is not known
  std::string_view mount_point;
};

}  // namespace ramrolefs
