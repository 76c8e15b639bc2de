// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ramrolefs::fuzz {

/// The bytes of an input, taken from the front; zeros once they are used up. (clang's
/// FuzzedDataProvider takes numbers from the end: a seed that is written by hand would be
/// unreadable.)
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::string_view take(std::size_t most) {
    const auto taken = bytes_.substr(0, most);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  std::uint8_t byte() {
    const auto taken = take(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken.front());
  }

  /// Two bytes, the lower first.
  std::uint16_t number() {
    const unsigned low = byte();
    return static_cast<std::uint16_t>(low | static_cast<unsigned>(byte()) << 8U);
  }

 private:
  std::string_view bytes_;
};

}  // namespace ramrolefs::fuzz
