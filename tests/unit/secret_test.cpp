// SPDX-License-Identifier: Apache-2.0
#include "common/secret.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <concepts>
#include <string>
#include <type_traits>

namespace ramrolefs::unit {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& stream, const T& value) {
  stream << value;
};

// The checks can tell.
static_assert(Streamable<std::string> && fmt::is_formattable<std::string>::value &&
              std::totally_ordered<std::string>);

static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!fmt::is_formattable<const Secret&>::value);
static_assert(std::equality_comparable<Secret>);
static_assert(!std::totally_ordered<Secret> && !std::three_way_comparable<Secret>);
// Nor does it become by itself what can be printed, or come from what was.
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<Secret, bool>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(std::is_nothrow_move_assignable_v<Secret>);

TEST(Secret, ExposesItsBytesAndNothingElse) {
  const std::string bytes("a\0b\xff", 4);
  const Secret secret(bytes);
  EXPECT_EQ(secret.expose(), bytes);
  EXPECT_EQ(secret.size(), 4);
  EXPECT_FALSE(secret.empty());
}

TEST(Secret, IsEmptyUntilItIsGivenBytes) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().expose(), "");
  EXPECT_TRUE(Secret("").empty());
  EXPECT_TRUE(Secret() == Secret(""));
}

TEST(Secret, IsEqualByItsBytesAlone) {
  EXPECT_TRUE(Secret("same") == Secret("same"));
  EXPECT_FALSE(Secret("same") == Secret("sane"));
  EXPECT_FALSE(Secret("same") == Secret("sam"));
  EXPECT_FALSE(Secret("same") == Secret());
  EXPECT_FALSE(Secret(std::string("a\0b", 3)) == Secret(std::string("a\0c", 3)));
  EXPECT_TRUE(Secret("same") != Secret("Same"));
}

TEST(Secret, ACopyHasBytesOfItsOwn) {
  const Secret secret("bytes");
  Secret copy(secret);
  EXPECT_TRUE(copy == secret);
  EXPECT_NE(copy.expose().data(), secret.expose().data());
  copy = Secret("other");
  EXPECT_EQ(secret.expose(), "bytes");
  copy = secret;
  EXPECT_EQ(copy.expose(), "bytes");
}

TEST(Secret, AMoveLeavesNothingBehindAndCopiesNothing) {
  Secret secret("bytes");
  const char* place = secret.expose().data();
  Secret moved(std::move(secret));
  EXPECT_EQ(moved.expose().data(), place);
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what it is about
  EXPECT_EQ(secret.expose(), "");

  Secret assigned("older");
  assigned = std::move(moved);
  EXPECT_EQ(assigned.expose().data(), place);
  EXPECT_TRUE(moved.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(Secret, AssignedToItselfItStaysWhatItIs) {
  Secret secret("bytes");
  const Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.expose(), "bytes");
  Secret& itself = secret;
  secret = std::move(itself);
  EXPECT_EQ(secret.expose(), "bytes");
}

}  // namespace
}  // namespace ramrolefs::unit
