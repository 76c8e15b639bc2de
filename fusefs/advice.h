// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/failure.h"

namespace ramrolefs {

/// What helps, for people: a few sentences that name what to look at and where.
std::string_view advice(Cause cause);

}  // namespace ramrolefs
