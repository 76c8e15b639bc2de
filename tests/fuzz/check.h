// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace ramrolefs::fuzz {

/// A property that must hold for every input: if it does not, libFuzzer keeps the input.
inline void check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

/// A failure's detail, which gets into the log, says nothing that the service sent. `detail_of`
/// makes the detail for another input: words of ours may stand in an input by chance (libFuzzer
/// learns them from comparisons), but only what is copied from it changes with it.
template <typename DetailOf>
void check_tells_nothing(std::string_view detail, std::string_view input, DetailOf detail_of) {
  constexpr std::size_t kValue = 16;  // shorter than any secret
  for (std::size_t i = 0; i + kValue <= detail.size(); ++i) {
    const auto at = input.find(detail.substr(i, kValue));
    if (at == std::string_view::npos) continue;
    std::string other(input);
    char& changed = other[at + kValue / 2];
    changed = changed == 'x' ? 'y' : 'x';
    const std::string again = detail_of(other);
    check(again.find(other.substr(at, kValue)) == std::string::npos,
          "a failure's detail holds nothing of the answer");
  }
}

}  // namespace ramrolefs::fuzz
