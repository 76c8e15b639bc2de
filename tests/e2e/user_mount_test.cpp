// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/ordinary_user.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

constexpr const char* kScript = R"SCRIPT(
program=$folder/ramrolefs
$as_user "$program" --metadata-url="$url" "$folder/m"
findmnt -no FSTYPE,OPTIONS "$folder/m"
echo "user: $($as_user cat "$folder/m/AccessKeyId")"
echo "root: $(cat "$folder/m/AccessKeyId" 2>&1)"
echo "owner: $($as_user stat -c '%U %a' "$folder/m/AccessKeyId")"
$as_user touch "$folder/m/new" 2>&1 || true
daemon=$(pgrep --oldest -u nobody -f "$folder/m")
echo "memory: $(stat -c %U "/proc/$daemon/mem")"

kill -KILL "$daemon"
while $as_user stat "$folder/m" >/dev/null 2>&1; do :; done
$as_user "$program" --metadata-url="$url" "$folder/m"
echo "again: $($as_user cat "$folder/m/AccessKeyId")"
$as_user fusermount3 -u "$folder/m"
echo "mounts left: $(grep -c " $folder/m " /proc/self/mountinfo)"
)SCRIPT";

TEST(UserMount, AnOrdinaryUserMountsByFusermount3ForHimselfAlone) {
  const Emulator emulator;
  const Folder folder;
  const auto script = run(as_ordinary_user(kScript, emulator, folder));
  SCOPED_TRACE("stdout: " + script.out + "stderr: " + script.err);
  const std::string& out = script.out;
  // Not read-only in the kernel: the announcer has no other mount to rename in.
  EXPECT_NE(out.find("fuse.ramrolefs rw,nosuid,nodev,noexec"), std::string::npos);
  EXPECT_NE(out.find("user: " + emulator.now("AccessKeyId")), std::string::npos);
  EXPECT_EQ(out.find("root: " + emulator.now("AccessKeyId")), std::string::npos);
  EXPECT_NE(out.find("Permission denied"), std::string::npos);
  EXPECT_NE(out.find("owner: nobody 400"), std::string::npos);
  EXPECT_NE(out.find("Read-only file system"), std::string::npos);
  EXPECT_NE(out.find("memory: root"), std::string::npos) << "who may read it sees the credential";
  EXPECT_NE(out.find("again: " + emulator.now("AccessKeyId")), std::string::npos)
      << "the dead mount of the killed one";
  EXPECT_NE(out.find("mounts left: 0"), std::string::npos);
}

}  // namespace
}  // namespace ramrolefs::e2e
