// SPDX-License-Identifier: Apache-2.0
#include "fusefs/config_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ramrolefs::unit {
namespace {

/// A configuration file for one test.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("ramrolefs-config-" + std::to_string(getpid()))) {
    std::ofstream(path_) << text;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path_); }

  tl::expected<ConfigFile, std::string> read() const { return read_config_file(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string error_of(const std::string& text) {
  const File file(text);
  const auto settings = file.read();
  if (settings) return "none";
  EXPECT_EQ(settings.error().find(file.path()), 0U) << settings.error();
  return settings.error().substr(file.path().size());
}

TEST(ConfigFile, GivesEachSettingWithItsPlace) {
  const File file(
      "# a comment\nrole = \"a-role\"\n\ntimeout = 2.5\nmax-age = 600\nnewline = true\n");
  const auto settings = file.read();
  ASSERT_TRUE(settings) << settings.error();
  std::vector<std::string> lines;
  for (const Setting& setting : settings->settings) {
    lines.push_back(setting.name + "=" + setting.value.value_or("?") + " at" +
                    setting.where.substr(file.path().size()));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"max-age=600 at, line 5", "newline=true at, line 6",
                                             "role=a-role at, line 2", "timeout=2.5 at, line 4"}));
}

TEST(ConfigFile, HasAViewInASection) {
  const File file("role = \"a\"\n[view.php]\nfiles = [\"A\", \"B\"]\n[view.java]\n");
  const auto config = file.read();
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->settings.size(), 1U);
  ASSERT_EQ(config->views.size(), 2U);
  EXPECT_EQ(config->views[0].name, "java");
  EXPECT_EQ(config->views[1].name, "php");
  EXPECT_EQ(config->views[1].where, file.path() + ", line 2");
  ASSERT_EQ(config->views[1].settings.size(), 1U);
  EXPECT_EQ(config->views[1].settings[0].value, "A:B");
}

TEST(ConfigFile, ThatIsEmptySaysNothing) {
  const auto settings = File("").read();
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->settings.empty());
}

// toml++ ended in a stack overflow.
TEST(ConfigFile, ThatIsTooLargeIsRefused) {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i) key += ".a";
  EXPECT_EQ(error_of(key + " = 1\n"), ": is larger than 32 KiB");
}

TEST(ConfigFile, ThatIsAsLargeAsCanBeIsRead) {
  const std::string setting = "role = \"a-role\"\n";
  const auto settings = File(setting + std::string(32'768 - setting.size(), '\n')).read();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->settings.size(), 1U);
}

TEST(ConfigFile, WhatIsWrongIsToldWithFileAndLine) {
  EXPECT_EQ(error_of("\nrole = a-role\n").find(", line 2: "), 0U);
  EXPECT_EQ(error_of("role = \"a\"\nrole = \"b\"\n").find(", line 2: "), 0U);
  EXPECT_EQ(error_of("\n\n[section]\n"),
            ", line 3: there is no section section, but there are sections [view.NAME]");
  EXPECT_EQ(error_of("role = [\"a\"]\n").find(", line 1: role: allowed are"), 0U);
}

TEST(ConfigFile, ThatCannotBeReadIsToldByName) {
  EXPECT_EQ(read_config_file("/no/such").error(), "/no/such: No such file or directory");
  EXPECT_EQ(read_config_file("/").error(), "/: is a directory");
}

}  // namespace
}  // namespace ramrolefs::unit
