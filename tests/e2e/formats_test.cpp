// SPDX-License-Identifier: Apache-2.0
// The formats of others, read on a real mount by shells, Python, and as ossfs and systemd do. SDKs
// and rclone: tests/sdk/readers.js.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

/// What formats_check.py reads: a folder with a folder, of links to the files of the mount.
void lay_out(const Folder& folder, const Mounted& mount, const Emulator& emulator) {
  const std::filesystem::path inside = folder / "of-mount";
  std::filesystem::create_directory(inside);
  for (const char* name :
       {"config.json", "credentials", "credentials.json", "env", "external.json"}) {
    std::filesystem::create_symlink(mount / name, inside / name);
  }
  std::ofstream expected(inside / "expected");
  expected << mount.path() << "\n";
  for (const char* member : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
    expected << emulator.now(member) << "\n";
  }
}

TEST(Formats, AreReadOnAMountByShellsPythonOssfsAndSystemd) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--newline"});
  for (int i = 0; i < 2; ++i) {
    const Folder folder;
    lay_out(folder, mount, emulator);
    ASSERT_TRUE(eventually(
        [&] { return mount.read("AccessKeyId").text == emulator.now("AccessKeyId") + "\n"; }));
    const auto check = run({"/usr/bin/python3", RAMROLEFS_FORMATS_CHECK, folder / ""});
    EXPECT_EQ(check.status, 0) << check.out << check.err;
    emulator.rotate();
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
