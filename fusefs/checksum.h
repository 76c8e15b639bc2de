// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ramrolefs {

/// XXH3-64, which tells bytes that somebody was killed while writing from whole ones; it is no
/// proof against who means harm. The same in each version of libxxhash since 0.8.0. `seed` chains
/// one part to the next.
std::uint64_t checksum_of(std::span<const std::byte> bytes, std::uint64_t seed = 0);

}  // namespace ramrolefs
