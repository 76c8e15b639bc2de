// SPDX-License-Identifier: Apache-2.0
#include "common/secret.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace ramrolefs {

Secret::Secret(std::string_view bytes)
    : bytes_(bytes.empty() ? nullptr : std::make_unique<char[]>(bytes.size())),
      size_(bytes.size()) {
  std::copy(bytes.begin(), bytes.end(), bytes_.get());
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() {
  wipe();
}

bool Secret::operator==(const Secret& other) const {
  if (size_ != other.size_) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    difference |= static_cast<unsigned>(bytes_[i] ^ other.bytes_[i]);
  }
  return difference == 0;
}

void Secret::wipe() noexcept {
  if (bytes_) explicit_bzero(bytes_.get(), size_);
}

[[gnu::noinline]] void wipe_stack() noexcept {
  std::array<char, 65536> below;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  explicit_bzero(below.data(), below.size());
}

}  // namespace ramrolefs
