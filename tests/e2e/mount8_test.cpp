// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

// mount(8) looks for its helpers in /sbin: there is nothing else there, in a mount namespace of the
// test's own.
constexpr const char* kScript = R"SCRIPT(
set -eu
program=$1; url=$2; folder=$3
mkdir "$folder/sbin" "$folder/m"
ln -s "$program" "$folder/sbin/mount.ramrolefs"
mount --bind "$folder/sbin" "$(readlink -f /sbin)"
cat >"$folder/fstab" <<END
ramrole $folder/m ramrolefs nofail,noatime,_netdev,uid=4711,mode=0440,files=AccessKeyId:Expiration,metadata-url=$url 0 0
END

mount -T "$folder/fstab" -a
mount -T "$folder/fstab" -a && echo "a second time: fine"
findmnt -no SOURCE,FSTYPE "$folder/m"
stat -c '%u %a' "$folder/m/AccessKeyId"
cat "$folder/m/AccessKeyId"
echo
test -e "$folder/m/RoleName" || echo "files: as named"
umount "$folder/m"
"$program" a-source "$folder/m" -o "nofail,uid=4712,metadata-url=$url"
findmnt -no SOURCE "$folder/m"
stat -c '%u' "$folder/m/RoleName"
umount "$folder/m"
echo "mounts left: $(grep -c " $folder/m " /proc/self/mountinfo)"

mount -f -t ramrolefs ramrole "$folder/m" && echo "fake: $?"
status=0; mount -t ramrolefs -o bogus ramrole "$folder/m" 2>&1 || status=$?
echo "wrong: $status"
mount -t ramrolefs -o files=AccesKeyId ramrole "$folder/m" 2>&1 || true
status=0; mount -t ramrolefs ramrole "$folder/m/no/such" 2>&1 || status=$?
echo "failed: $status"
)SCRIPT";

TEST(Mount8, CallsUsByFstabAndByHand) {
  const Emulator emulator;
  const Folder folder;
  const auto script = run({"unshare", "--mount", "sh", "-c", kScript, "sh", program_path(),
                           emulator.url(), folder / ""});
  SCOPED_TRACE("stdout: " + script.out + "stderr: " + script.err);
  for (const std::string& line :
       {std::string("a second time: fine\nramrole fuse.ramrolefs\n4711 440\n"),
        emulator.now("AccessKeyId") + "\nfiles: as named\na-source\n4712\nmounts left: 0\n",
        std::string("fake: 0\n"), std::string("there is no file AccesKeyId; did you mean"),
        std::string("-o bogus: there is no option bogus"), std::string("wrong: 1\n"),
        std::string("failed: 32\n")}) {
    EXPECT_NE(script.out.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
