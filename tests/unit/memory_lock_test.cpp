// SPDX-License-Identifier: Apache-2.0
#include "common/memory_lock.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "common/sanitizer.h"

namespace ramrolefs::unit {
namespace {

constexpr rlim_t kUsual = 8 << 20;  // systemd's limit for all, and the kernel's of now

/// In KiB.
long locked() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmLck:")) return std::stol(line.substr(6));
  }
  return -1;
}

bool can_start_a_thread() {
  try {
    std::thread([] { std::make_unique<char[]>(1 << 20); }).join();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// Each in a process of its own, as nothing takes a limit back: exit status 0 if all is well.
[[noreturn]] void lock_without_a_limit() {
  const bool well = lock_memory() && locked() > 0 && can_start_a_thread();
  std::_Exit(well ? 0 : 1);
}

[[noreturn]] void lock_as_an_ordinary_user() {
  const rlimit usual{kUsual, kUsual};
  const bool ordinary = setrlimit(RLIMIT_MEMLOCK, &usual) == 0 && setuid(65534) == 0;
  const bool well = ordinary && !lock_memory() && locked() == 0 && can_start_a_thread();
  std::_Exit(well ? 0 : 1);
}

class MemoryLock : public testing::Test {
 protected:
  void SetUp() override {
#if RAMROLEFS_SANITIZED
    GTEST_SKIP() << "a sanitizer has too much memory to lock";
#endif
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
  }
};

TEST_F(MemoryLock, HoldsWhereThereIsNoLimit) {
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) GTEST_SKIP() << "can't lift the limit";
  EXPECT_EXIT(lock_without_a_limit(), testing::ExitedWithCode(0), "");
}

TEST_F(MemoryLock, IsNotTriedWhereLaterMemoryMightFail) {
  EXPECT_EXIT(lock_as_an_ordinary_user(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ramrolefs::unit
