// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/random_text.h"

#include <algorithm>

namespace ramrolefs::emulator {
namespace {

const std::string kAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

}  // namespace

RandomText::RandomText() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device()};
  engine_.seed(seed);
}

std::string RandomText::letters_and_digits(std::size_t length) {
  return pick(kAlnum, length);
}

std::string RandomText::base64(std::size_t length) {
  // The last digit before == carries two bits only; strict decoders insist on it.
  return pick(kAlnum + "+/", length - 3) + pick("AQgw", 1) + "==";
}

std::string RandomText::pick(const std::string& alphabet, std::size_t length) {
  std::uniform_int_distribution<std::size_t> place(0, alphabet.size() - 1);
  std::string text(length, ' ');
  std::generate(text.begin(), text.end(), [&] { return alphabet[place(engine_)]; });
  return text;
}

}  // namespace ramrolefs::emulator
