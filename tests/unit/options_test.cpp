// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options.h"

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

#include "tests/unit/credentials.h"
#include "tests/unit/options_reading.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

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
  EXPECT_FALSE(files.root.files);
  EXPECT_TRUE(files.views.empty());
  EXPECT_EQ(files.region, "");
  EXPECT_EQ(files.status_mode, 0444U);
  EXPECT_FALSE(files.audit);
  EXPECT_EQ(options.template_dir, "/etc/ramrolefs/templates");
}

TEST(Options, TheMountPointIsAbsoluteForTheFilesThatNameIt) {
  const auto of = [](const char* word) { return read_good({word}).server.filesystem.mount_point; };
  const auto here = std::filesystem::canonical(std::filesystem::current_path());
  EXPECT_EQ(of("/no/such/"), "/no/such");
  EXPECT_EQ(of("./m"), (here / "m").string());
  EXPECT_EQ(of("a/../m/"), (here / "m").string());
  EXPECT_EQ(of("/proc/self/root/m"), "/m");
}

TEST(Options, AnEmptyValueIsAnErrorAndEatsNoOtherWord) {
  const Exit exit = read_bad({"--role=", "/mnt"});
  EXPECT_EQ(exit.status, 2);
  EXPECT_TRUE(contains(exit.text, "--role=: no value")) << exit.text;
  EXPECT_EQ(read_bad({"--uid=", "0", "/mnt"}).status, 2);
}

TEST(Options, EachIsRead) {
  const Options options = read_good({"--foreground",
                                     "--metadata-url=http://localhost:1/",
                                     "--role=a-role",
                                     "--disable-imdsv1",
                                     "--refresh-before=60",
                                     "--max-age=0.5",
                                     "--patience",
                                     "0",
                                     "--timeout=7.5",
                                     "--uid=11",
                                     "--gid=12",
                                     "--mode=0440",
                                     "--newline",
                                     "--log-level=debug",
                                     "--files=none",
                                     "--template-dir=/",
                                     "--region=cn-hangzhou",
                                     "--status-mode=0440",
                                     "--audit",
                                     "/mnt"});
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
  EXPECT_EQ(files.root.files, std::vector<std::string>());
  EXPECT_EQ(files.region, "cn-hangzhou");
  EXPECT_EQ(files.status_mode, 0440U);
  EXPECT_TRUE(files.audit);
  EXPECT_EQ(options.template_dir, "/");
}

TEST(Options, AWordBeforeTheMountPointIsTheSource) {
  EXPECT_EQ(read_good({"/mnt"}).source, "ramrolefs");
  const Options options = read_good({"ramrole", "/mnt", "-o", "nofail,uid=11"});
  EXPECT_EQ(options.source, "ramrole");
  EXPECT_EQ(options.mount_point, "/mnt");
  EXPECT_EQ(options.server.filesystem.root.access.uid, 11U);
}

TEST(Options, TheCommandLineCountsMoreThanOAndOMoreThanTheFile) {
  const Configuration file(
      "mount-point = \"/file\"\nrole = \"file\"\nuid = 1\ngid = 1\n"
      "max-age = 1\nnewline = true\n");
  const Options options =
      read_good({file.word(), "-o", "role=o,uid=2", "-o", "gid=2", "--role=line"});
  const std::string listed = "config=" + file.path() + ",newline=false";
  const Options by_list = read_good({"-o", listed.c_str(), "/line"});

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
      {{"/mnt", "--bogus"}, {"--bogus", "the nearest is --"}},
      {{"/mnt", "--refresh-befor=3"}, {"no option --refresh-befor;", "mean --refresh-before?"}},
      {{"-o", "refresh-befor=3", "/mnt"}, {"-o refresh-befor:", "did you mean refresh-before?"}},
      {{"-o", "newline=ture", "/mnt"}, {"-o newline", "ture", "did you mean true?"}},
      {{"/mnt", "--newline=ture"}, {"--newline", "ture", "did you mean true?"}},
      {{"/mnt", "--refresh=wram"}, {"--refresh", "wram", "lazy", "did you mean warm?"}},
      {{"/mnt", "--log-level=dbug"}, {"--log-level", "did you mean debug?"}},
      {{"/mnt", "--files=,"}, {"--files", "names of files"}},
      {{"/mnt", "--files=AccessKeyId,none"}, {"--files", "names of files"}},
      {{"/mnt", "--region=a b"}, {"--region", "a b", "letters"}},
      {{"/mnt", "--template-dir=/no/such"}, {"--template-dir", "/no/such", "No such file"}},
      {{"/mnt", "--template-dir=/etc/passwd"}, {"--template-dir", "not a directory"}},
      {{"/mnt", "--status-mode=0666"}, {"--status-mode", "0666", "0400"}},
      {{"refesh"}, {"there is no command refesh", "did you mean refresh?", "./refesh"}},
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

}  // namespace
}  // namespace ramrolefs::unit
