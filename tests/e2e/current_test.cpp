// SPDX-License-Identifier: Apache-2.0
// The directory current/: whoever holds it stays with one credential.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

// Prints what it reads, a line a set, in the directory into which it has changed.
constexpr const char* kStays = R"SCRIPT(
cd "$1/current"
while set -- "$(cat SecurityToken)" "$(cat AccessKeyId)" "$(cat AccessKeySecret)"; do
  echo "$2 $3 $1"
  sleep 0.05
done
)SCRIPT";

Process start_shell(const std::string& script, const Mounted& mount) {
  return Process({"sh", "-c", script, "sh", mount.path()});
}

auto lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

FileDescriptor open_folder(const std::string& path) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// By way of the descriptor alone.
Reading read_in(const FileDescriptor& folder, const std::string& name) {
  return read_file("/proc/self/fd/" + std::to_string(folder.get()) + "/" + name);
}

std::string triple(const FileDescriptor& folder) {
  return read_in(folder, "AccessKeyId").text + " " + read_in(folder, "AccessKeySecret").text + " " +
         read_in(folder, "SecurityToken").text;
}

TEST(Current, HasTheSameFilesAndAsksNothingWhenItIsListed) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--read-window=0"});
  EXPECT_EQ(run({"env", "LC_ALL=C", "ls", mount / "current"}).out,
            "AccessKeyId\nAccessKeySecret\nExpiration\nLastUpdated\nRoleName\nSecurityToken\n"
            "config.json\ncredentials\ncredentials.json\nenv\nexternal.json\n");
  const auto all = run({"ls", mount.path()}).out;
  EXPECT_NE(all.find("\ncurrent\n"), std::string::npos) << all;
  for (const char* name :
       {"AccessKeyId", "AccessKeySecret", "Expiration", "LastUpdated", "RoleName", "SecurityToken",
        "config.json", "credentials", "credentials.json", "env", "external.json"}) {
    const auto reading = mount.read("current/" + std::string(name));
    EXPECT_EQ(reading.error, 0) << name;
    EXPECT_EQ(reading.text, mount.read(name).text) << name;
  }
}

TEST(Current, AShellInItStaysWithItsCredentialOverRotations) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0"});
  const std::string first = triple(emulator);
  Process shell = start_shell(kStays, mount);
  ASSERT_TRUE(eventually([&] { return lines_of(shell.out()) > 1; })) << shell.err();
  for (int i = 0; i < 4; ++i) {
    emulator.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
    const auto before = lines_of(shell.out());
    ASSERT_TRUE(eventually([&] { return lines_of(shell.out()) > before + 2; })) << shell.err();
  }
  std::istringstream lines(whole_lines(shell.out()));
  for (std::string line; std::getline(lines, line);) ASSERT_TRUE(line == first);
}

TEST(Current, ADescriptorOfItStaysAndAnotherMovesOn) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0"});
  const std::string first = triple(emulator);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const FileDescriptor held = open_folder(mount / "current");
  ASSERT_TRUE(held.valid());
  EXPECT_TRUE(triple(held) == first);
  for (int i = 0; i < 4; ++i) {
    emulator.rotate();
    const std::string newest = triple(emulator);
    EXPECT_TRUE(eventually([&] { return triple(open_folder(mount / "current")) == newest; }));
    EXPECT_TRUE(triple(held) == first);
  }
}

TEST(Current, IsWhatAReaderGetsThatHasNothingElse) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0"});
  EXPECT_EQ(mount.read("current/AccessKeyId").text, emulator.now("AccessKeyId"));
  emulator.rotate();
  const std::string newest = emulator.now("AccessKeyId");
  EXPECT_TRUE(eventually([&] { return mount.read("current/AccessKeyId").text == newest; }))
      << "it starts no refresh";
}

TEST(Current, IsStaleAfterItsCredentialHasExpiredAndTheNextOneIsGood) {
  const Emulator emulator({"--lifetime=4"});
  const Mounted mount(emulator, {"--read-window=0"});
  Process shell = start_shell(kStays, mount);
  ASSERT_TRUE(eventually([&] { return lines_of(shell.out()) > 1; })) << shell.err();
  const FileDescriptor held = open_folder(mount / "current");
  EXPECT_EQ(read_in(held, "RoleName").error, 0);

  ASSERT_TRUE(eventually([&] {
    return shell.err().find("Stale file handle") != std::string::npos;
  })) << shell.err();
  EXPECT_TRUE(eventually([&] { return read_in(held, "RoleName").error == ESTALE; }));
  const auto anew = run({"sh", "-euc", "cd \"$1/current\" && cat AccessKeyId", "sh", mount.path()});
  EXPECT_EQ(anew.status, 0) << anew.err;
  EXPECT_EQ(anew.out, mount.read("AccessKeyId").text);
}

}  // namespace
}  // namespace ramrolefs::e2e
