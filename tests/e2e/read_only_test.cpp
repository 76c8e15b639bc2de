// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

/// Opens, and writes a byte if that is possible.
int open_and_write(const std::string& path, int flags) {
  const FileDescriptor file(open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!file.valid()) return -1;
  return write(file.get(), "x", 1) == 1 ? 0 : -1;
}

struct Change {
  const char* name;
  std::function<int(const std::string& folder)> call;  // as a system call: -1 and errno
};

const Change kChanges[] = {
    {"write", [](const auto& m) { return open_and_write(m + "/AccessKeyId", O_WRONLY); }},
    {"read_and_write", [](const auto& m) { return open_and_write(m + "/AccessKeyId", O_RDWR); }},
    {"append", [](const auto& m) { return open_and_write(m + "/RoleName", O_WRONLY | O_APPEND); }},
    {"truncate_at_open",
     [](const auto& m) { return open_and_write(m + "/RoleName", O_WRONLY | O_TRUNC); }},
    {"create", [](const auto& m) { return open_and_write(m + "/new", O_WRONLY | O_CREAT); }},
    {"truncate", [](const auto& m) { return truncate((m + "/AccessKeyId").c_str(), 0); }},
    {"unlink", [](const auto& m) { return unlink((m + "/AccessKeyId").c_str()); }},
    {"rename",
     [](const auto& m) { return rename((m + "/AccessKeyId").c_str(), (m + "/RoleName").c_str()); }},
    {"link",
     [](const auto& m) { return link((m + "/AccessKeyId").c_str(), (m + "/new").c_str()); }},
    {"symlink", [](const auto& m) { return symlink("AccessKeyId", (m + "/new").c_str()); }},
    {"mkdir", [](const auto& m) { return mkdir((m + "/new").c_str(), 0755); }},
    {"mknod", [](const auto& m) { return mknod((m + "/new").c_str(), S_IFIFO | 0600, 0); }},
    {"chmod", [](const auto& m) { return chmod((m + "/AccessKeyId").c_str(), 0444); }},
    {"chmod_of_the_folder", [](const auto& m) { return chmod(m.c_str(), 0700); }},
    {"chown", [](const auto& m) { return chown((m + "/AccessKeyId").c_str(), 1, 1); }},
    {"utimens",
     [](const auto& m) { return utimensat(AT_FDCWD, (m + "/AccessKeyId").c_str(), nullptr, 0); }},
    {"setxattr",
     [](const auto& m) { return setxattr((m + "/AccessKeyId").c_str(), "user.x", "1", 1, 0); }},
    {"removexattr",
     [](const auto& m) { return removexattr((m + "/AccessKeyId").c_str(), "user.x"); }},
};

class ReadOnly : public testing::TestWithParam<Change> {};

void expect_refused(const Mounted& mount, const Change& change) {
  errno = 0;
  EXPECT_EQ(change.call(mount.path()), -1);
  EXPECT_STREQ(strerror(errno), strerror(EROFS));
}

TEST_P(ReadOnly, EveryChangeIsRefusedByTheKernel) {
  const Emulator emulator;
  const Mounted mount(emulator);
  expect_refused(mount, GetParam());
}

TEST_P(ReadOnly, EveryChangeIsRefusedByUsWhereSomebodyRemountedForWriting) {
  const Emulator emulator;
  const Mounted mount(emulator);
  ASSERT_EQ(::mount(nullptr, mount.path().c_str(), nullptr, MS_REMOUNT, nullptr), 0);
  expect_refused(mount, GetParam());
  EXPECT_EQ(triple(mount), triple(emulator));
}

INSTANTIATE_TEST_SUITE_P(Calls, ReadOnly, testing::ValuesIn(kChanges),
                         [](const auto& change) { return change.param.name; });

}  // namespace
}  // namespace ramrolefs::e2e
