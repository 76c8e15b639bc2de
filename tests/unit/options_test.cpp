// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

using Words = std::vector<const char*>;

std::variant<Options, Exit> read(Words words) {
  words.insert(words.begin(), "ramrolefs");
  return read_options(static_cast<int>(words.size()), words.data());
}

Options read_good(const Words& words) {
  auto result = read(words);
  if (const auto* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<Options>(result);
}

Exit read_bad(const Words& words) {
  auto result = read(words);
  const auto* exit = std::get_if<Exit>(&result);
  if (exit == nullptr) ADD_FAILURE() << "taken";
  return exit != nullptr ? *exit : Exit{-1, ""};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Options, AMountPointIsEnoughAndTheRestIsAsDocumented) {
  const Options options = read_good({"/run/ramrole"});
  EXPECT_EQ(options.mount_point, "/run/ramrole");
  EXPECT_FALSE(options.foreground);
  EXPECT_EQ(options.metadata_url, "http://100.100.100.200");
  EXPECT_EQ(options.log_level, log::Level::info);

  const auto& files = options.server.filesystem;
  EXPECT_EQ(files.access.uid, geteuid());
  EXPECT_EQ(files.access.gid, getegid());
  EXPECT_EQ(files.access.mode, 0400U);
  EXPECT_FALSE(files.newline);
  EXPECT_EQ(files.refresh.due.refresh_before, 30min);
  EXPECT_EQ(files.refresh.due.max_age, 10min);
  EXPECT_EQ(files.refresh.patience, 1s);
  EXPECT_EQ(files.refresh.timeout, 5s);
  EXPECT_FALSE(options.server.client.role);
  EXPECT_FALSE(options.server.client.imdsv1_disabled);
}

TEST(Options, AnEmptyValueIsAnErrorAndEatsNoOtherWord) {
  const Exit exit = read_bad({"--role=", "/mnt"});
  EXPECT_EQ(exit.status, 2);
  EXPECT_TRUE(contains(exit.text, "--role=: no value")) << exit.text;
  EXPECT_EQ(read_bad({"--uid=", "0", "/mnt"}).status, 2);
}

TEST(Options, EachIsRead) {
  const Options options = read_good(
      {"--foreground", "--metadata-url=http://localhost:1/", "--role=a-role", "--disable-imdsv1",
       "--refresh-before=60", "--max-age=0.5", "--patience", "0", "--timeout=7.5", "--uid=11",
       "--gid=12", "--mode=0440", "--newline", "--log-level=debug", "/mnt"});
  EXPECT_TRUE(options.foreground);
  EXPECT_EQ(options.mount_point, "/mnt");
  EXPECT_EQ(options.metadata_url, "http://localhost:1");
  EXPECT_EQ(options.log_level, log::Level::debug);

  const auto& files = options.server.filesystem;
  EXPECT_EQ(files.access.uid, 11U);
  EXPECT_EQ(files.access.gid, 12U);
  EXPECT_EQ(files.access.mode, 0440U);
  EXPECT_TRUE(files.newline);
  EXPECT_EQ(files.refresh.due.refresh_before, 60s);
  EXPECT_EQ(files.refresh.due.max_age, 500ms);
  EXPECT_EQ(files.refresh.patience, 0s);
  EXPECT_EQ(files.refresh.timeout, 7500ms);
  EXPECT_EQ(options.server.client.role, "a-role");
  EXPECT_TRUE(options.server.client.imdsv1_disabled);
}

TEST(Options, FIsTheForeground) {
  EXPECT_TRUE(read_good({"-f", "/mnt"}).foreground);
}

TEST(Options, GivenTwiceTheLastOneCounts) {
  const Options options = read_good({"--role=a", "--newline", "/mnt", "--newline", "--role=b"});
  EXPECT_EQ(options.server.client.role, "b");
  EXPECT_TRUE(options.server.filesystem.newline);
  EXPECT_EQ(read_bad({"--mode=0777", "/mnt", "--mode=rwx"}).status, 2);
}

TEST(Options, WhatIsWrongEndsWithTwoAndANameAndWhatIsAllowed) {
  struct Row {
    Words words;
    std::vector<std::string> named;
  };
  const Row rows[] = {
      {{"/mnt", "--bogus"}, {"--bogus"}},
      {{"/mnt", "--bogus=1"}, {"--bogus"}},
      {{"/mnt", "-x"}, {"-x"}},
      {{"/mnt", "--max"}, {"--max"}},  // no abbreviations: a new option would change their meaning
      {{"/mnt", "/other"}, {"/other"}},
      {{}, {"MOUNTPOINT"}},
      {{"--newline"}, {"MOUNTPOINT"}},
      {{"/mnt", "--role"}, {"--role"}},
      {{"/mnt", "--role=a b"}, {"--role", "a b", "letters"}},
      {{"/mnt", "--mode=0777"}, {"--mode", "0777", "0400"}},
      {{"/mnt", "--uid=no-such-user"}, {"--uid", "no-such-user", "name or number"}},
      {{"/mnt", "--gid=no-such-group"}, {"--gid", "no-such-group", "name or number"}},
      {{"/mnt", "--refresh-before=soon"}, {"--refresh-before", "soon", "seconds"}},
      {{"/mnt", "--max-age=0"}, {"--max-age", "0.001"}},
      {{"/mnt", "--patience=-1"}, {"--patience", "-1", "seconds"}},
      {{"/mnt", "--timeout=61"}, {"--timeout", "61", "60"}},
      {{"/mnt", "--metadata-url=https://h"}, {"--metadata-url", "https://h", "http://HOST"}},
      {{"/mnt", "--log-level=loud"}, {"--log-level", "loud", "trace"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.words.empty() ? "" : row.words.back());
    const Exit exit = read_bad(row.words);
    EXPECT_EQ(exit.status, 2);
    EXPECT_TRUE(exit.text.starts_with("ramrolefs: ")) << exit.text;
    EXPECT_TRUE(exit.text.ends_with("\n"));
    EXPECT_EQ(std::count(exit.text.begin(), exit.text.end(), '\n'), 1) << exit.text;
    for (const auto& part : row.named) EXPECT_TRUE(contains(exit.text, part)) << exit.text;
  }
}

TEST(Options, HelpListsEachWithTheDefaultThatItHas) {
  const Exit help = read_bad({"--help"});
  EXPECT_EQ(help.status, 0);
  const Options options = read_good({"/mnt"});
  const auto& refresh = options.server.filesystem.refresh;
  const auto number = [](Duration duration) {
    return "[" +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + "]";
  };
  const std::pair<const char*, std::string> rows[] = {
      {"--metadata-url", "[" + options.metadata_url + "]"},
      {"--role", "[the one that the instance has]"},
      {"--disable-imdsv1", ""},
      {"--refresh-before", number(refresh.due.refresh_before)},
      {"--max-age", number(refresh.due.max_age)},
      {"--patience", number(refresh.patience)},
      {"--timeout", number(refresh.timeout)},
      {"--uid", "[the mounting user]"},
      {"--gid", "[the mounting user's]"},
      {"--mode", "[0400]"},
      {"--newline", ""},
      {"-f,--foreground", ""},
      {"--log-level", "[info]"},
      {"--version", ""},
  };
  for (const auto& [option, standard] : rows) {
    std::istringstream lines(help.text);
    std::string line;
    while (std::getline(lines, line) && !contains(line, "  " + std::string(option))) {
    }
    EXPECT_TRUE(contains(line, standard)) << option << ": " << line;
    EXPECT_FALSE(line.empty()) << option;
  }
}

TEST(Options, TheVersionIsToldWithoutAMountPoint) {
  const Exit version = read_bad({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(version.text.starts_with("ramrolefs ")) << version.text;
}

}  // namespace
}  // namespace ramrolefs::unit
