// SPDX-License-Identifier: Apache-2.0
#include "common/printable.h"

namespace ramrolefs {
namespace {

bool is_control(unsigned char letter) {
  return letter < 0x20 || letter == 0x7f;
}

/// U+0080 to U+009F, to which terminals listen too.
bool is_high_control(unsigned char first, unsigned char second) {
  return first == 0xc2 && second >= 0x80 && second <= 0x9f;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool high =
        i + 1 < text.size() && is_high_control(static_cast<unsigned char>(text[i]),
                                               static_cast<unsigned char>(text[i + 1]));
    result += high || is_control(static_cast<unsigned char>(text[i])) ? '?' : text[i];
    if (high) ++i;
  }
  return result;
}

}  // namespace ramrolefs
