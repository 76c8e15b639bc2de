// SPDX-License-Identifier: Apache-2.0
#include "common/nearest.h"

#include <algorithm>
#include <cstddef>

namespace ramrolefs {
namespace {

/// By Damerau and Levenshtein, no letter moved twice.
std::size_t distance(std::string_view one, std::string_view other) {
  const std::size_t width = other.size() + 1;
  std::vector<std::size_t> cells((one.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return cells[i * width + j];
  };
  for (std::size_t i = 0; i <= one.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      at(i, j) = std::max(i, j);
      if (i == 0 || j == 0) continue;
      const std::size_t replaced = at(i - 1, j - 1) + (one[i - 1] == other[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return cells.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
  word = word.substr(0, 64);  // longer than any name
  std::size_t least = word.size() + 64;
  std::string_view found;
  for (const std::string& name : names) {
    const std::size_t far = name.starts_with(word) ? 1 : distance(word, name);
    if (far >= least) continue;
    least = far;
    found = name;
  }
  if (found.empty()) return "";
  const bool is_near = least <= std::max<std::size_t>(word.size() / 3, 1) && word.size() > 2;
  return is_near ? "; did you mean " + std::string(found) + "?"
                 : "; the nearest is " + std::string(found);
}

}  // namespace ramrolefs
