// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

bool exists(const std::string& path) {
  struct stat stat {};
  return ::stat(path.c_str(), &stat) == 0;
}

class UnmountBy : public testing::TestWithParam<int> {};

TEST_P(UnmountBy, ASignalUnmountsAndEndsWithZero) {
  const Emulator emulator;
  Mounted mount(emulator);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);

  mount.process().signal(GetParam());
  EXPECT_EQ(mount.process().wait(), 0);
  EXPECT_FALSE(is_mounted(mount.path()));
  EXPECT_FALSE(exists(mount.path())) << "it was created, and is to be removed";
}

TEST_P(UnmountBy, FilesThatAreOpenHoldNothingUp) {
  const Emulator emulator;
  Mounted mount(emulator);
  const FileDescriptor file(open((mount / "AccessKeyId").c_str(), O_RDONLY | O_CLOEXEC));
  const FileDescriptor folder(open(mount.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(file.valid());

  mount.process().signal(GetParam());
  EXPECT_EQ(mount.process().wait(), 0);
  EXPECT_FALSE(is_mounted(mount.path()));
}

TEST_P(UnmountBy, ParkedReadersGetAnErrorNotAHang) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  Mounted mount(emulator, {"--timeout=60"});
  Process cat({"cat", mount / "AccessKeyId"});
  ASSERT_TRUE(eventually([&] { return mount.logged("parked: 1 in all") > 0; }));

  mount.process().signal(GetParam());
  EXPECT_EQ(mount.process().wait(), 0);
  EXPECT_EQ(cat.wait(), 1);
  EXPECT_FALSE(is_mounted(mount.path()));
}

INSTANTIATE_TEST_SUITE_P(Signals, UnmountBy, testing::Values(SIGTERM, SIGINT));

TEST(Unmount, ByTheAdministratorEndsTheProgramToo) {
  const Emulator emulator;
  Mounted mount(emulator);
  EXPECT_EQ(run({"umount", mount.path()}).status, 0);
  EXPECT_EQ(mount.process().wait(), 0);
  EXPECT_FALSE(exists(mount.path()));
}

TEST(Unmount, AnotherMountOnTopIsLeftAlone) {
  const Emulator emulator;
  Mounted mount(emulator);
  ASSERT_EQ(::mount("tmpfs", mount.path().c_str(), "tmpfs", 0, nullptr), 0);

  mount.process().signal(SIGTERM);
  EXPECT_EQ(mount.process().wait(), 0);
  EXPECT_TRUE(is_mounted(mount.path()));
  EXPECT_EQ(umount2(mount.path().c_str(), 0), 0) << "the tmpfs is still the one on top";
}

}  // namespace
}  // namespace ramrolefs::e2e
