// SPDX-License-Identifier: Apache-2.0
#include "fusefs/advice.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

constexpr int kCauses = static_cast<int>(Cause::local) + 1;

TEST(Advice, EachCauseHasSome) {
  for (int i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    EXPECT_GT(advice(cause).size(), 30U) << describe(cause);
    EXPECT_TRUE(advice(cause).find("  ") == std::string_view::npos) << advice(cause);
  }
}

}  // namespace
}  // namespace ramrolefs::unit
