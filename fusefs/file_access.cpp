// SPDX-License-Identifier: Apache-2.0
#include "fusefs/file_access.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fusefs/file_descriptor.h"

namespace ramrolefs {
namespace {

// All that the first landlock knows: bits without a hole, from LANDLOCK_ACCESS_FS_EXECUTE on.
// Moving from one directory to another is forbidden by it in any case.
constexpr std::uint64_t kAll = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;

std::uint64_t bits_of(FileAccess access) {
  switch (access) {
    case FileAccess::read:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    case FileAccess::rename:
      return LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
  }
  return 0;
}

}  // namespace

bool leave_only(FileAccess access, const char* directory) {
  const landlock_ruleset_attr all{.handled_access_fs = kAll};
  // Only what the first landlock knew of it, lest an older kernel refuse a longer one.
  constexpr std::size_t kSize = sizeof all.handled_access_fs;
  const FileDescriptor rules(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &all, kSize, 0)));
  const FileDescriptor beneath(open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!rules.valid() || !beneath.valid()) return false;
  const landlock_path_beneath_attr rule{bits_of(access), beneath.get()};
  return syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 &&
         syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0;
}

}  // namespace ramrolefs
