// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "tests/emulator/test_client.h"
#include "tests/emulator/test_process.h"

namespace ramrolefs::emulator {

/// A test with an emulator of its own.
class EmulatorTest : public testing::Test {
 protected:
  /// `options` are separated by spaces.
  void start(const char* options = "");

  std::optional<RunningEmulator> process_;
  Metadata service_{};
};

}  // namespace ramrolefs::emulator
