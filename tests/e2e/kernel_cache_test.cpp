// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

TEST(KernelCache, AHundredThousandWarmReadsReachUsFewerThanTenTimes) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const std::string id = mount.read("AccessKeyId").text;
  const std::string path = mount / "AccessKeyId";

  const auto start = std::chrono::steady_clock::now();
  const int before = mount.logged(" by ");
  std::array<char, 256> bytes{};
  for (int i = 0; i < 100'000; ++i) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat stat {};
    ASSERT_EQ(fstat(file, &stat), 0);
    ASSERT_EQ(read(file, bytes.data(), bytes.size()), static_cast<ssize_t>(id.size()));
    close(file);
  }
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const int requests = mount.logged(" by ") - before;
  std::printf("%d requests for 100,000 warm reads in %.2f s\n", requests, took);
  // One LOOKUP a second, and what else there is after the first read; a slow machine needs longer.
  EXPECT_LT(requests, 10 + 2 * static_cast<int>(took));
}

}  // namespace
}  // namespace ramrolefs::e2e
