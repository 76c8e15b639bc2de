// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace ramrolefs::emulator {

/// Text that looks like a secret and is none: made up, good for nothing but tests.
///
/// Threads  call it from one thread at a time.
class RandomText {
 public:
  RandomText();

  /// `length` letters and digits.
  std::string letters_and_digits(std::size_t length);

  /// `length` characters of base64, a multiple of 4, that end in `==` and decode.
  std::string base64(std::size_t length);

 private:
  std::string pick(const std::string& alphabet, std::size_t length);

  std::mt19937_64 engine_;
};

}  // namespace ramrolefs::emulator
