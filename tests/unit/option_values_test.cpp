// SPDX-License-Identifier: Apache-2.0
#include "fusefs/option_values.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include <string>
#include <vector>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

using Words = std::vector<std::string>;

/// Each word is refused, and the sentence names what is allowed.
template <typename Value>
void expect_refused(ReadValue<Value> (*read)(const std::string&), const Words& words,
                    const std::string& allowed) {
  for (const std::string& word : words) {
    SCOPED_TRACE("'" + word + "'");
    const auto value = read(word);
    ASSERT_FALSE(value);
    EXPECT_NE(value.error().find(allowed), std::string::npos) << value.error();
  }
}

struct Seconds {
  const char* word;
  double seconds;
};

void expect_seconds(ReadValue<Duration> (*read)(const std::string&),
                    const std::vector<Seconds>& rows) {
  for (const auto& [word, seconds] : rows) {
    SCOPED_TRACE(word);
    const auto value = read(word);
    ASSERT_TRUE(value) << value.error();
    EXPECT_DOUBLE_EQ(in_seconds(*value), seconds);
  }
}

const Words kNoSeconds = {
    "",   " ",      "ten",  "1s",  "1 s",   " 1",    "1 ",
    "+1", "1,5",    "0x10", "1e3", "nan",   "-nan",  "inf",
    "-1", "-0.001", ".",    "-",   "1.2.3", "1e400", "99999999999999999999999999"};

TEST(OptionValues, SecondsMayHaveAFraction) {
  expect_seconds(read_duration, {{"0", 0},
                                 {"1800", 1800},
                                 {"0.5", 0.5},
                                 {".25", 0.25},
                                 {"007", 7},
                                 {"0.000000001", 1e-9},
                                 {"31536000", 31536000}});
  expect_refused(read_duration, kNoSeconds, "allowed are seconds");
  expect_refused(read_duration, {"31536000.1"}, "up to a year");
}

TEST(OptionValues, SecondsThatMustNotBeNoneBeginAtAMillisecond) {
  expect_seconds(read_positive_duration, {{"0.001", 0.001}, {"600", 600}, {"31536000", 31536000}});
  expect_refused(read_positive_duration, kNoSeconds, "allowed are seconds");
  expect_refused(read_positive_duration, {"0", "0.0009", "-0", "31536001"}, "from 0.001");
}

TEST(OptionValues, ATimeoutIsAMinuteAtMost) {
  expect_seconds(read_timeout, {{"0.001", 0.001}, {"5", 5}, {"60", 60}});
  expect_refused(read_timeout, kNoSeconds, "allowed are seconds");
  expect_refused(read_timeout, {"0", "60.001", "3600"}, "from 0.001 to 60");
}

TEST(OptionValues, AModeIsOfReadBitsAlone) {
  struct Row {
    const char* word;
    mode_t mode;
  };
  constexpr Row kRows[] = {{"0400", 0400}, {"400", 0400}, {"0440", 0440},   {"0444", 0444},
                           {"0", 0},       {"004", 04},   {"0000400", 0400}};
  for (const Row& row : kRows) {
    const auto mode = read_mode(row.word);
    ASSERT_TRUE(mode) << row.word;
    EXPECT_EQ(*mode, row.mode);
  }
  expect_refused(read_mode,
                 {"", "0600", "0777", "0200", "1400", "4400", "0408", "8", "-400", "+400", "0x100",
                  "r--------", "0o400", " 0400", "0400 ", "40000000000000000000000"},
                 "allowed are octal modes of read bits alone");
}

TEST(OptionValues, AUserIsANameOrANumber) {
  ASSERT_NE(getpwnam("root"), nullptr);
  EXPECT_EQ(read_user("root").value(), 0U);
  EXPECT_EQ(read_user("0").value(), 0U);
  EXPECT_EQ(read_user("12345").value(), 12345U) << "a number needs no user";
  EXPECT_EQ(read_user("4294967294").value(), 4294967294U);
  if (const passwd* daemon = getpwnam("daemon"); daemon != nullptr) {
    const uid_t uid = daemon->pw_uid;
    EXPECT_EQ(read_user("daemon").value(), uid);
  }
  expect_refused(read_user,
                 {"", "-1", "4294967295", "4294967296", "no such user", "1.0", "0x0", " 0"},
                 "allowed are a user's name or number");
}

TEST(OptionValues, AGroupIsANameOrANumber) {
  ASSERT_NE(getgrnam("root"), nullptr);
  EXPECT_EQ(read_group("root").value(), 0U);
  EXPECT_EQ(read_group("12345").value(), 12345U) << "a number needs no group";
  if (const group* daemon = getgrnam("daemon"); daemon != nullptr) {
    const gid_t gid = daemon->gr_gid;
    EXPECT_EQ(read_group("daemon").value(), gid);
  }
  expect_refused(read_group, {"", "-1", "4294967295", "4294967296", "no such group", "1.0", " 0"},
                 "allowed are a group's name or number");
}

TEST(OptionValues, ARoleIsAsRamNamesIt) {
  for (const std::string& word :
       {std::string("a-role"), std::string("R.1_x"), std::string(64, 'x')}) {
    const auto role = read_role(word);
    ASSERT_TRUE(role) << role.error();
    EXPECT_EQ(*role, word);
  }
  expect_refused(read_role,
                 {"", "a role", "a/b", "a?b", "r\xc3\xb4le", "a\n", std::string(65, 'x')},
                 "allowed are 1 to 64 letters, digits, '.', '-' and '_'");
}

TEST(OptionValues, ALogLevelIsOneOfSix) {
  using log::Level;
  const std::pair<const char*, Level> rows[] = {
      {"trace", Level::trace},     {"debug", Level::debug}, {"info", Level::info},
      {"warning", Level::warning}, {"error", Level::error}, {"off", Level::off}};
  for (const auto& [word, level] : rows) {
    EXPECT_EQ(read_log_level(word).value(), level) << word;
    EXPECT_NE(read_log_level("").error().find(word), std::string::npos) << "not said: " << word;
  }
  EXPECT_NE(read_log_level("warn").error().find("did you mean warning?"), std::string::npos);
  expect_refused(read_log_level, {"", "warn", "INFO", "info ", "3", "verbose"},
                 "allowed are trace");
}

}  // namespace
}  // namespace ramrolefs::unit
