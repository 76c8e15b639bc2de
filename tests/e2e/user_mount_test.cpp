// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

// An ordinary user, in a mount namespace in which /dev/fuse is open to all, as udev makes it on
// any Debian machine; a container's or a test machine's may be root's alone. The folder is a tmpfs
// of its own, which allows devices, and has a copy of the program: the build may lie where only
// root can reach it.
constexpr const char* kScript = R"SCRIPT(
set -eu
url=$2; folder=$3
mount -t tmpfs -o mode=0755 ramrolefs-test "$folder"
program=$folder/ramrolefs
install -m 0755 "$1" "$program"
mknod "$folder/fuse" c 10 229
chmod 0666 "$folder/fuse"
mount --bind "$folder/fuse" /dev/fuse
mkdir "$folder/m"
chown nobody:nogroup "$folder/m"
as_user="setpriv --reuid=nobody --regid=nogroup --clear-groups"

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
  const auto script = run({"unshare", "--mount", "sh", "-c", kScript, "sh", RAMROLEFS_PROGRAM,
                           emulator.url(), folder / "."});
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
