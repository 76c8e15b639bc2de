// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/ordinary_user.h"

#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

// /dev/fuse is open to all, as udev makes it on any Debian machine; a container's or a test
// machine's may be root's alone. The folder is a tmpfs of its own, which allows devices, and has a
// copy of the program: the build may lie where only root can reach it.
constexpr const char* kBeginning = R"SCRIPT(
set -eu
url=$2 folder=$3
mount -t tmpfs -o mode=0755 ramrolefs-test "$folder"
install -m 0755 "$1" "$folder/ramrolefs"
mknod "$folder/fuse" c 10 229
chmod 0666 "$folder/fuse"
mount --bind "$folder/fuse" /dev/fuse
mkdir "$folder/m"
chown nobody:nogroup "$folder/m"
as_user="setpriv --reuid=nobody --regid=nogroup --clear-groups"
shift 3
)SCRIPT";

// So that the shell does not become its last command: the namespace is to end with unshare, but a
// process that changes its user is no longer told of its parent's death.
constexpr const char* kEnd = "\nexit\n";

}  // namespace

std::vector<std::string> as_ordinary_user(const std::string& script, const Emulator& emulator,
                                          const Folder& folder,
                                          const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"unshare",      "--mount",      "--pid",
                                 "--mount-proc", "--fork",       "--kill-child",
                                 "sh",           "-c",           kBeginning + script + kEnd,
                                 "sh",           program_path(), emulator.url(),
                                 folder / "."};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace ramrolefs::e2e
