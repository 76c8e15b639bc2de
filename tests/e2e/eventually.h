// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// Waits until `condition()` is true, and returns whether it came true within `limit`.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = kDeadline) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Lets time pass that a test is about: a lifetime, the pause between two rotations. Not to wait
/// for something.
inline void let_pass(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

}  // namespace ramrolefs::e2e
