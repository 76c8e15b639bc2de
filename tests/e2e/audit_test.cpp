// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <regex>
#include <string>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

TEST(Audit, SeesEachOpenOfAValueAndWhoItWas) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--audit"});
  for (int i = 0; i < 3; ++i) {  // the second and the third are warm
    Process cat({"cat", mount / "AccessKeyId"});
    ASSERT_EQ(cat.wait(), 0) << cat.err();
    EXPECT_EQ(cat.out(), emulator.now("AccessKeyId"));
    EXPECT_EQ(mount.logged("open: file=AccessKeyId program=\"cat\" pid=" +
                           std::to_string(cat.pid()) + " uid=0\n"),
              1)
        << mount.log();
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run({"head", "-c", "1000", mount / "current/SecurityToken"}).out,
              emulator.now("SecurityToken"));
  }
  EXPECT_EQ(mount.logged("open: file=current/SecurityToken program=\"head\""), 2) << mount.log();
  run({"ls", "-l", mount.path()});
  EXPECT_EQ(mount.logged("open: "), 5) << "to look at a file is not to open it\n" << mount.log();
}

TEST(Audit, OfAProgramWithANastyNameIsOneLine) {
  const Emulator emulator;
  const Folder folder;
  const std::string program = folder / "a\"\nopen: b";
  std::filesystem::copy_file(std::filesystem::canonical("/bin/cat"), program);
  const Mounted mount(emulator, {"--audit"});
  EXPECT_EQ(run({program, mount / "RoleName"}).status, 0);
  EXPECT_EQ(mount.logged("open: file=RoleName program=\"a??open: b\" pid="), 1) << mount.log();
}

/// The sum of what the log tells with those words.
int sum(const std::string& log, const std::regex& words) {
  int all = 0;
  for (auto at = std::sregex_iterator(log.begin(), log.end(), words); at != std::sregex_iterator();
       ++at) {
    all += std::stoi((*at)[1]);
  }
  return all;
}

TEST(Audit, OfAProgramThatDoesNothingElseLeavesOutSomeAndCountsThem) {
  const Emulator emulator;
  Mounted mount(emulator, {"--audit"});
  constexpr int kOpens = 500;
  for (int i = 0; i < kOpens; ++i) ASSERT_EQ(mount.read("AccessKeyId").error, 0);
  mount.process().signal(SIGTERM);
  ASSERT_EQ(mount.process().wait(), 0);
  const int lines = mount.logged("open: file=AccessKeyId program=\"");
  EXPECT_GE(lines, 10);
  EXPECT_LT(lines, kOpens / 2);
  EXPECT_EQ(lines + sum(mount.log(), std::regex("open: .*left_out=([0-9]+)")), kOpens)
      << "what was left out last is told at the end";
}

TEST(Audit, GoesOnAfterATakeover) {
  const Emulator emulator;
  Mounted mount(emulator, {"--audit"});
  EXPECT_EQ(run({"cat", mount / "AccessKeyId"}).status, 0);
  const pid_t worker = next_worker(mount.process().pid());
  kill(worker, SIGKILL);
  next_worker(mount.process().pid(), worker);
  EXPECT_EQ(run({"cat", mount / "AccessKeyId"}).status, 0);
  EXPECT_EQ(mount.logged("open: file=AccessKeyId program=\"cat\""), 2) << mount.log();
  EXPECT_EQ(mount.logged("another worker sees the opens now"), 1);
}

TEST(Audit, IsNotThereUnlessAskedFor) {
  const Emulator emulator;
  const Mounted mount(emulator);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run({"cat", mount / "AccessKeyId"}).status, 0);
  EXPECT_EQ(mount.logged("open: "), 0) << mount.log();
}

}  // namespace
}  // namespace ramrolefs::e2e
