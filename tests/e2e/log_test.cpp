// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <string>

#include "fusefs/file_descriptor.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

/// A syslog of the test's own.
class Syslog {
 public:
  explicit Syslog(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{AF_UNIX, {}};
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind(2) wants it so
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  /// What has come so far.
  const std::string& lines() {
    std::array<char, 2048> line{};
    for (ssize_t got = 0; (got = recv(socket_.get(), line.data(), line.size(), 0)) > 0;) {
      lines_.append(line.data(), static_cast<std::size_t>(got)).append("\n");
    }
    return lines_;
  }

 private:
  FileDescriptor socket_;
  std::string lines_;
};

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
  Syslog syslog(folder / "log");
  // The pipe into `cat` ends only once the daemon has let go of it.
  const auto script = run({"unshare", "--mount", "sh", "-c", kScript, "sh", folder / ".",
                           RAMROLEFS_PROGRAM, "--metadata-url=" + emulator.url()});
  EXPECT_EQ(script.out, emulator.now("AccessKeyId")) << script.err;
  for (const char* line : {"mounted on", "a new credential", "unmounted"}) {
    EXPECT_TRUE(eventually([&] { return syslog.lines().find(line) != std::string::npos; })) << line;
  }
}

TEST(Log, WhoseReaderGoesAwayEndsNothing) {
  const Emulator emulator;
  const Folder folder;
  Process program({"bash", "-c", "exec \"$@\" 2> >(exec head -n 1)", "bash", RAMROLEFS_PROGRAM,
                   "--foreground", "--max-age=0.05", "--metadata-url=" + emulator.url(),
                   folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); }));
  for (int i = 0; i < 5; ++i) {
    emulator.rotate();
    EXPECT_TRUE(eventually(
        [&] { return read_file(folder / "m/AccessKeyId").text == emulator.now("AccessKeyId"); }));
  }
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
