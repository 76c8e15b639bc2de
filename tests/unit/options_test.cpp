// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
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
  EXPECT_EQ(files.root.access.uid, geteuid());
  EXPECT_EQ(files.root.access.gid, getegid());
  EXPECT_EQ(files.root.access.mode, 0400U);
  EXPECT_FALSE(files.root.newline);
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
  EXPECT_EQ(files.root.access.uid, 11U);
  EXPECT_EQ(files.root.access.gid, 12U);
  EXPECT_EQ(files.root.access.mode, 0440U);
  EXPECT_TRUE(files.root.newline);
  EXPECT_EQ(files.refresh.due.refresh_before, 60s);
  EXPECT_EQ(files.refresh.due.max_age, 500ms);
  EXPECT_EQ(files.refresh.patience, 0s);
  EXPECT_EQ(files.refresh.timeout, 7500ms);
  EXPECT_EQ(options.server.client.role, "a-role");
  EXPECT_TRUE(options.server.client.imdsv1_disabled);
}

TEST(Options, AWordBeforeTheMountPointIsTheSource) {
  EXPECT_EQ(read_good({"/mnt"}).source, "ramrolefs");
  const Options options = read_good({"ramrole", "/mnt", "-o", "nofail,uid=11"});
  EXPECT_EQ(options.source, "ramrole");
  EXPECT_EQ(options.mount_point, "/mnt");
  EXPECT_EQ(options.server.filesystem.root.access.uid, 11U);
}

TEST(Options, TheCommandLineCountsMoreThanOAndOMoreThanTheFile) {
  const std::string path = testing::TempDir() + "ramrolefs-options-" + std::to_string(getpid());
  std::ofstream(path) << "mount-point = \"/file\"\nrole = \"file\"\nuid = 1\ngid = 1\n"
                         "max-age = 1\nnewline = true\n";
  const std::string config = "--config=" + path;
  const Options options =
      read_good({config.c_str(), "-o", "role=o,uid=2", "-o", "gid=2", "--role=line"});
  const std::string listed = "config=" + path + ",newline=false";
  const Options by_list = read_good({"-o", listed.c_str(), "/line"});
  std::remove(path.c_str());

  EXPECT_EQ(options.mount_point, "/file");
  EXPECT_EQ(options.server.client.role, "line");
  const auto& files = options.server.filesystem;
  EXPECT_EQ(files.root.access.uid, 2U);
  EXPECT_EQ(files.root.access.gid, 2U);
  EXPECT_EQ(files.refresh.due.max_age, 1s);
  EXPECT_TRUE(files.root.newline);
  EXPECT_EQ(by_list.mount_point, "/line");
  EXPECT_EQ(by_list.server.client.role, "file");
  EXPECT_FALSE(by_list.server.filesystem.root.newline);
}

TEST(Options, AsAHelperOfMountItTakesMountsWords) {
  const auto read_helper = [](Words words) {
    words.insert(words.begin(), "/sbin/mount.ramrolefs");
    return read_options(static_cast<int>(words.size()), words.data());
  };
  const auto good = read_helper({"ramrole", "/mnt", "-n", "-v", "-t", "fuse.ramrolefs", "-N",
                                 "/proc/1/ns/mnt", "-o", "rw,nosuid,context=\"a\",uid=11"});
  const auto* options = std::get_if<Options>(&good);
  ASSERT_NE(options, nullptr) << std::get<Exit>(good).text;
  EXPECT_EQ(options->source, "ramrole");
  EXPECT_EQ(options->mount_point, "/mnt");
  EXPECT_EQ(options->server.filesystem.root.access.uid, 11U);
  EXPECT_EQ(options->kernel_options, std::vector<std::string>{"context=\"a\""});
  EXPECT_FALSE(options->fake);
  EXPECT_FALSE(options->foreground);

  const auto fake = read_helper({"ramrole", "/mnt", "-f", "-s", "-o", "bogus=1"});
  ASSERT_NE(std::get_if<Options>(&fake), nullptr) << std::get<Exit>(fake).text;
  EXPECT_TRUE(std::get<Options>(fake).fake);
  EXPECT_NE(std::get_if<Exit>(&static_cast<const std::variant<Options, Exit>&>(
                read_helper({"ramrole", "/mnt", "-o", "bogus=1"}))),
            nullptr);
}

TEST(Options, FIsTheForeground) {
  EXPECT_TRUE(read_good({"-f", "/mnt"}).foreground);
}

TEST(Options, GivenTwiceTheLastOneCounts) {
  const Options options = read_good({"--role=a", "--newline", "/mnt", "--newline", "--role=b"});
  EXPECT_EQ(options.server.client.role, "b");
  EXPECT_TRUE(options.server.filesystem.root.newline);
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
      {{"source", "/mnt", "/other"}, {"MOUNTPOINT", "3"}},
      {{"-o", "bogus", "/mnt"}, {"-o bogus"}},
      {{"-o", "role=", "/mnt"}, {"-o role", "no value"}},
      {{"-o", "mode=0777", "/mnt"}, {"-o mode", "0777", "0400"}},
      {{"-o", "config=/no/such", "/mnt"}, {"/no/such"}},
      {{"--config=/no/such", "/mnt"}, {"/no/such"}},
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
      {"--config", ""},
      {"-o", ""},
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

TEST(Options, TheShippedFileShowsEachWithItsDefault) {
  std::ifstream shipped(RAMROLEFS_CONFIG);
  const std::string path = testing::TempDir() + "ramrolefs-shipped-" + std::to_string(getpid());
  std::ofstream all(path);
  std::set<std::string> names;
  for (std::string line; std::getline(shipped, line);) {
    if (line.starts_with("#") && line.substr(1, 1) != " ") line.erase(0, 1);
    const auto end = line.find(" = ");
    if (line.starts_with("#") || end == std::string::npos) continue;
    names.insert(line.substr(0, end));
    if (line != "role = \"\"") all << line << "\n";  // the instance's, for which there is no name
  }
  all.close();
  const std::string config = "--config=" + path;
  const Options read = read_good({config.c_str()});
  std::remove(path.c_str());

  const Options standard = read_good({"/run/ramrole"});
  EXPECT_EQ(read.mount_point, standard.mount_point);
  EXPECT_EQ(read.metadata_url, standard.metadata_url);
  EXPECT_EQ(read.log_level, standard.log_level);
  EXPECT_EQ(read.server.client.imdsv1_disabled, standard.server.client.imdsv1_disabled);
  const auto& files = read.server.filesystem;
  const auto& standard_files = standard.server.filesystem;
  EXPECT_EQ(files.root.access.uid, 0U);
  EXPECT_EQ(files.root.access.gid, 0U);
  EXPECT_EQ(files.root.access.mode, standard_files.root.access.mode);
  EXPECT_EQ(files.root.newline, standard_files.root.newline);
  EXPECT_EQ(files.audit, standard_files.audit);
  EXPECT_EQ(files.refresh.due.refresh_before, standard_files.refresh.due.refresh_before);
  EXPECT_EQ(files.refresh.due.max_age, standard_files.refresh.due.max_age);
  EXPECT_EQ(files.refresh.patience, standard_files.refresh.patience);
  EXPECT_EQ(files.refresh.timeout, standard_files.refresh.timeout);
  EXPECT_EQ(names, (std::set<std::string>{"mount-point", "metadata-url", "role", "disable-imdsv1",
                                          "refresh-before", "max-age", "patience", "timeout",
                                          "refresh", "read-window", "follow-after", "uid", "gid",
                                          "mode", "newline", "audit", "log-level"}));
}

TEST(Options, AnAuditOfWhichNothingWouldBeLoggedIsRefused) {
  EXPECT_TRUE(read_good({"/mnt", "--audit", "--log-level=info"}).server.filesystem.audit);
  for (const char* level : {"--log-level=warning", "--log-level=off"}) {
    const Exit exit = read_bad({"/mnt", "--audit", level});
    EXPECT_EQ(exit.status, 2);
    EXPECT_TRUE(contains(exit.text, "--audit")) << exit.text;
  }
}

TEST(Options, TheVersionIsToldWithoutAMountPoint) {
  const Exit version = read_bad({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(version.text.starts_with("ramrolefs ")) << version.text;
}

}  // namespace
}  // namespace ramrolefs::unit
