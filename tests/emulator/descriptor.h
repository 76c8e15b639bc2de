// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <utility>

namespace ramrolefs::emulator {

/// An open file descriptor and the duty to close it.
///
/// Owns  the descriptor; -1 is none, and never reaches a caller who tested with bool first.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int raw) : raw_(raw) {}
  Descriptor(Descriptor&& other) noexcept : raw_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Descriptor() {
    if (raw_ >= 0) ::close(raw_);
  }

  explicit operator bool() const { return raw_ >= 0; }
  int get() const { return raw_; }
  /// The caller closes it from here on.
  int release() { return std::exchange(raw_, -1); }

 private:
  int raw_ = -1;
};

}  // namespace ramrolefs::emulator
