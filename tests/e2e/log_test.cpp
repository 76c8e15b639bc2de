// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include "tests/e2e/datagrams.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

// In a /dev of its own, whose log is the test's socket; standard error is a pipe.
constexpr const char* kScript = R"SCRIPT(
set -eu
folder=$1; shift
mkdir "$folder/dev"
mount -t tmpfs ramrolefs-test "$folder/dev"
mknod "$folder/dev/null" c 1 3
mknod "$folder/dev/fuse" c 10 229
touch "$folder/dev/log"
mount --bind "$folder/log" "$folder/dev/log"
mount --rbind "$folder/dev" /dev
"$@" "$folder/m" 2>&1 | cat
cat "$folder/m/AccessKeyId"
umount "$folder/m"
)SCRIPT";

TEST(Log, OfADaemonGoesToSyslogAndItGivesUpTheTerminal) {
  const Emulator emulator;
  const Folder folder;
  Datagrams syslog(folder / "log");
  // The pipe into `cat` ends only once the daemon has let go of it.
  const auto script = run({"unshare", "--mount", "sh", "-c", kScript, "sh", folder / ".",
                           program_path(), "--metadata-url=" + emulator.url()});
  EXPECT_EQ(script.out, emulator.now("AccessKeyId")) << script.err;
  for (const char* line : {"mounted on", "a new credential", "unmounted"}) {
    EXPECT_TRUE(eventually([&] { return syslog.lines().find(line) != std::string::npos; })) << line;
  }
}

TEST(Log, WhoseReaderGoesAwayEndsNothing) {
  const Emulator emulator;
  const Folder folder;
  Process program({"bash", "-c", "exec \"$@\" 2> >(exec head -n 1)", "bash", program_path(),
                   "--foreground", "--max-age=0.05", "--read-window=0",
                   "--metadata-url=" + emulator.url(), folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); }));
  for (int i = 0; i < 5; ++i) {
    emulator.rotate();
    EXPECT_TRUE(eventually(
        [&] { return read_file(folder / "m/AccessKeyId").text == emulator.now("AccessKeyId"); }));
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(Log, WhoseReaderDoesNotReadHoldsNobodyUp) {
  const Emulator emulator;
  const Folder folder;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const FileDescriptor unread(ends[0]);
  const FileDescriptor full(ends[1]);
  const std::string file =
      "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(full.get());
  Process program({"bash", "-c", "exec \"${@:2}\" 2>\"$1\"", "bash", file, program_path(),
                   "--foreground", "--log-level=trace", "--metadata-url=" + emulator.url(),
                   folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); }));
  for (int i = 0; i < 5'000; ++i) ASSERT_EQ(read_file(folder / "m/nothing").error, ENOENT);
  EXPECT_EQ(read_file(folder / "m/AccessKeyId").error, 0);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(Log, HasNoColoursOffATerminal) {
  const Emulator emulator;
  const Mounted mount(emulator);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  EXPECT_EQ(mount.log().find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace ramrolefs::e2e
