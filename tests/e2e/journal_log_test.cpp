// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/e2e/datagrams.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

// In a /run of its own, whose journal is the test's socket; standard error is a file.
constexpr const char* kScript = R"SCRIPT(
set -eu
folder=$1; shift
mount -t tmpfs ramrolefs-test /run
mkdir -p /run/systemd/journal
touch /run/systemd/journal/socket
mount --bind "$folder/journal" /run/systemd/journal/socket
exec 2>"$folder/error"
JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)
export JOURNAL_STREAM
exec "$@" "$folder/m"
)SCRIPT";

TEST(Log, OfAServiceHasFieldsInTheJournal) {
  const Emulator emulator;
  const Folder folder;
  Datagrams journal(folder / "journal");
  Process program({"unshare", "--mount", "sh", "-c", kScript, "sh", folder / ".", program_path(),
                   "--foreground", "--max-age=0.05", "--audit",
                   "--metadata-url=" + emulator.url()});
  // An entry whose text begins so, with its fields up to the one given.
  const auto has = [&](const std::string& text, const std::string& fields) {
    return eventually([&] {
      const std::string& all = journal.lines();
      const auto entry = all.find("MESSAGE=" + text);
      return entry != std::string::npos && all.find(fields + "\n", entry) != std::string::npos;
    });
  };
  const std::string mounted = std::filesystem::weakly_canonical(folder / "m");
  const std::string id =
      "/proc/" + std::to_string(program.pid()) + "/root" + mounted + "/AccessKeyId";
  EXPECT_TRUE(has("mounted on",
                  "PRIORITY=6\nSYSLOG_IDENTIFIER=ramrolefs\nRAMROLEFS_EVENT=mounted\n"
                  "RAMROLEFS_MOUNT_POINT=" +
                      mounted))
      << read_file(folder / "error").text << program.err();
  EXPECT_TRUE(eventually([&] { return read_file(id).error == 0; }));
  EXPECT_TRUE(has("a new credential", "RAMROLEFS_EVENT=rotated\nRAMROLEFS_ROLE=emulated-role"));
  EXPECT_TRUE(has("open: file=AccessKeyId",
                  "RAMROLEFS_EVENT=open\nRAMROLEFS_FILE=AccessKeyId\n"
                  "RAMROLEFS_PROGRAM=e2e_test\nRAMROLEFS_PID=" +
                      std::to_string(getpid()) + "\nRAMROLEFS_UID=0"));
  emulator.fault("kind=status&on=all&status=403");
  EXPECT_TRUE(eventually([&] {
    read_file(id);
    return journal.lines().find(
               "PRIORITY=4\nSYSLOG_IDENTIFIER=ramrolefs\n"
               "RAMROLEFS_EVENT=refresh_failed\nRAMROLEFS_CAUSE=access denied\n") !=
           std::string::npos;
  }));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_TRUE(has("unmounted", "RAMROLEFS_EVENT=unmounted"));
  EXPECT_EQ(read_file(folder / "error").text.find("mounted on"), std::string::npos)
      << "once is enough";
}

}  // namespace
}  // namespace ramrolefs::e2e
