// SPDX-License-Identifier: Apache-2.0
#include "fusefs/checksum.h"

#include <xxhash.h>

namespace ramrolefs {

std::uint64_t checksum_of(std::span<const std::byte> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace ramrolefs
