// SPDX-License-Identifier: Apache-2.0
// What --help, --version and the shipped file say of the options.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fusefs/options.h"
#include "tests/unit/credentials.h"
#include "tests/unit/options_reading.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

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
      {"--files", "[all]"},
      {"--template-dir", "[/etc/ramrolefs/templates]"},
      {"--region", "[the instance's]"},
      {"--status-mode", "[0444]"},
      {"--audit", ""},
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
  bool in_view = false;
  for (std::string line; std::getline(shipped, line);) {
    if (line.starts_with("#") && line.substr(1, 1) != " ") line.erase(0, 1);
    const auto end = line.find(" = ");
    in_view = in_view || line.starts_with("[view.");
    if (line.starts_with("#") || end == std::string::npos) continue;
    if (in_view) continue;
    names.insert(line.substr(0, end));
    // The instance's, for which there is no name.
    if (!line.ends_with(" = \"\"")) all << line << "\n";
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
  EXPECT_EQ(files.root.files, standard_files.root.files);
  EXPECT_EQ(files.status_mode, standard_files.status_mode);
  EXPECT_EQ(files.audit, standard_files.audit);
  EXPECT_EQ(read.template_dir, standard.template_dir);
  EXPECT_EQ(
      names,
      (std::set<std::string>{
          "mount-point", "metadata-url", "role",     "disable-imdsv1", "refresh-before", "max-age",
          "patience",    "timeout",      "refresh",  "read-window",    "follow-after",   "uid",
          "gid",         "mode",         "newline",  "files",          "template-dir",   "region",
          "status-mode", "audit",        "log-level"}));
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
  EXPECT_TRUE(
      std::regex_match(version.text, std::regex("ramrolefs \\d[^\n]*\nlibfuse   3[.]\\d[^\n]*"
                                                "\nlibcurl   \\d[^\n]*\n")))
      << version.text;
}

}  // namespace
}  // namespace ramrolefs::unit
