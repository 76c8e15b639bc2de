// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ramrolefs {

/// What to say behind "there is no NAME": the nearest of the names that there are, as
/// "; did you mean X?", or "; the nearest is X" where it is far. Empty where there are none.
///
/// A name that begins with `word` is the nearest; else it is the one with the fewest letters to be
/// added, left out, replaced or swapped with their neighbour.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace ramrolefs
