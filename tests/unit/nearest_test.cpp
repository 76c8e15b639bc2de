// SPDX-License-Identifier: Apache-2.0
#include "common/nearest.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

const std::vector<std::string> kNames = {"role", "refresh", "refresh-before", "max-age", "mode"};

TEST(Nearest, IsTheNameThatTakesTheFewestChanges) {
  const std::pair<const char*, const char*> rows[] = {
      {"refresh-befor", "refresh-before"},
      {"refesh", "refresh"},
      {"rfresh-before", "refresh-before"},
      {"moed", "mode"},
      {"mod", "mode"},
      {"rolle", "role"},
      {"max_age", "max-age"},
      {"refresh-b", "refresh-before"},
      {"max", "max-age"},
      {"refresh", "refresh"},
  };
  for (const auto& [word, name] : rows) {
    EXPECT_EQ(nearest(word, kNames), "; did you mean " + std::string(name) + "?") << word;
  }
}

TEST(Nearest, IsNamedWithoutAGuessWhereItIsFar) {
  EXPECT_EQ(nearest("bogus", {"log-level", "bonus-x-y"}), "; the nearest is bonus-x-y");
  EXPECT_EQ(nearest("-x", {"-h", "--role"}), "; the nearest is -h");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), kNames).find("; the nearest is "), 0U);
}

TEST(Nearest, IsNoneOfNone) {
  EXPECT_EQ(nearest("role", {}), "");
}

}  // namespace
}  // namespace ramrolefs::unit
