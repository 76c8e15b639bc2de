// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/e2e/datagrams.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

TEST(ServiceManager, IsToldWhatGoesOn) {
  const Emulator emulator;
  const Folder folder;
  Datagrams manager(folder / "notify");
  Process program({"env", "NOTIFY_SOCKET=" + (folder / "notify"), "WATCHDOG_USEC=200000",
                   program_path(), "--foreground", "--max-age=0.05",
                   "--metadata-url=" + emulator.url(), folder / "m"});
  const auto told = [&](const std::string& line) {
    return eventually([&] { return manager.lines().find(line + "\n") != std::string::npos; });
  };
  EXPECT_TRUE(told("READY=1")) << program.err();
  EXPECT_TRUE(is_mounted(folder / "m"));
  EXPECT_TRUE(told("STATUS=no credential was fetched yet"));
  EXPECT_TRUE(told("WATCHDOG=1\nWATCHDOG=1\nWATCHDOG=1")) << "with nobody reading";
  EXPECT_EQ(emulator.count("total"), 0);

  EXPECT_EQ(read_file(folder / "m/AccessKeyId").error, 0);
  const std::string serves = "STATUS=role emulated-role, valid until " + emulator.now("Expiration");
  EXPECT_TRUE(told(serves)) << manager.lines();
  emulator.fault("kind=status&on=all&status=403");
  EXPECT_TRUE(eventually([&] {
    read_file(folder / "m/AccessKeyId");
    return manager.lines().find(serves + "; the last refresh failed: access denied\n") !=
           std::string::npos;
  })) << manager.lines();

  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_TRUE(told("STOPPING=1"));
}

TEST(ServiceManager, HearsNothingOfAMonitorThatHangs) {
  const Emulator emulator;
  const Folder folder;
  Datagrams manager(folder / "notify");
  Process program({"env", "NOTIFY_SOCKET=" + (folder / "notify"), "WATCHDOG_USEC=100000",
                   program_path(), "--foreground", "--metadata-url=" + emulator.url(),
                   folder / "m"});
  const auto beats = [&] {
    const std::string& lines = manager.lines();
    int count = 0;
    for (auto at = lines.find("WATCHDOG=1"); at != std::string::npos;
         at = lines.find("WATCHDOG=1", at + 1)) {
      ++count;
    }
    return count;
  };
  // Half of that is 50 ms: a tick of the monitor's alone would take a second for each.
  ASSERT_TRUE(eventually([&] { return beats() >= 3; })) << program.err();
  program.signal(SIGSTOP);
  ASSERT_TRUE(eventually(
      [&] { return of_process(program.pid(), "stat").find(") T ") != std::string::npos; }));
  const int before = beats();
  let_pass(std::chrono::milliseconds(300));
  EXPECT_EQ(beats(), before);
  program.signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return beats() > before; }));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

}  // namespace
}  // namespace ramrolefs::e2e
