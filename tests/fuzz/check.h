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
  constexpr std::string_view kProbe = "#!probe-of-16-b!";  // shorter than any secret
  for (std::size_t i = 0; i + kProbe.size() <= detail.size(); ++i) {
    const auto at = input.find(detail.substr(i, kProbe.size()));
    if (at == std::string_view::npos) continue;
    const std::string again = detail_of(std::string(input).replace(at, kProbe.size(), kProbe));
    check(again.find(kProbe) == std::string::npos,
          "a failure's detail holds nothing of the answer");
  }
}

}  // namespace ramrolefs::fuzz
