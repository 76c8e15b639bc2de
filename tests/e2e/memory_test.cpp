// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

/// In KiB.
long resident_memory(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return -1;
}

void rotate_and_read(const Emulator& emulator, const Mounted& mount, int times) {
  for (int i = 0; i < times; ++i) {
    emulator.rotate();
    const std::string wanted = emulator.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == wanted; }));
    ASSERT_EQ(mount.read("SecurityToken").error, 0);
  }
}

TEST(Memory, AnHoursWorthOfRotationsLeavesNothingBehind) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer keeps what is freed";
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.001", "--log-level=info"});
  // A rotation a second would be 3,600 in an hour; the real service makes one in some hours.
  rotate_and_read(emulator, mount, 600);
  const pid_t monitor = mount.process().pid();
  const pid_t worker = next_worker(monitor);
  const long before = resident_memory(worker);
  const long monitor_before = resident_memory(monitor);
  rotate_and_read(emulator, mount, 3000);
  const long after = resident_memory(worker);
  std::printf("resident memory: %ld KiB after 600 rotations, %ld KiB after 3,600\n", before, after);
  EXPECT_LE(after, before + 256);
  EXPECT_EQ(worker_of(monitor), worker);
  EXPECT_EQ(resident_memory(monitor), monitor_before) << "it allocates nothing";
}

}  // namespace
}  // namespace ramrolefs::e2e
