// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include "common/clock.h"
#include "common/utc.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

/// The service's clock minus ours: it is the wall clock of this machine that is wrong.
class WrongClock : public testing::TestWithParam<int> {
 protected:
  std::string offset() const { return "--clock-offset=" + std::to_string(GetParam()); }
  /// Now, by the service's clock.
  WallTime service_now() const { return SystemClock().wall() + std::chrono::seconds(GetParam()); }
};

TEST_P(WrongClock, HarmsNobody) {
  const Emulator emulator({offset()});
  const Mounted mount(emulator);
  EXPECT_EQ(triple(mount), triple(emulator));
  EXPECT_EQ(mount.read("Expiration").text, emulator.now("Expiration"));
  EXPECT_EQ(emulator.flights(), 1) << "nothing was due";
  EXPECT_EQ(mount.logged("this machine's clock is"), GetParam() == 0 ? 0 : 1);
}

TEST_P(WrongClock, AnExpiredCredentialIsNeverServed) {
  const Emulator emulator({offset(), "--lifetime=4", "--renew-before=0"});
  const Mounted mount(emulator, {"--patience=0.1"});
  const auto first = mount.read("AccessKeyId");
  ASSERT_EQ(first.error, 0) << mount.log();
  const auto expiration = parse_utc(emulator.now("Expiration"));
  ASSERT_TRUE(expiration);
  const FileDescriptor held(open((mount / "AccessKeyId").c_str(), O_RDONLY | O_CLOEXEC));
  emulator.fault("kind=status&status=403&on=all");  // hopeless: nobody waits

  std::string bytes(100, ' ');
  ASSERT_TRUE(eventually([&] {
    const auto reading = mount.read("AccessKeyId");
    if (reading.error == 0) {
      EXPECT_LE(service_now() - reading.took, *expiration);
    }
    return reading.error != 0;
  }));
  EXPECT_STREQ(strerror(mount.read("AccessKeyId").error), strerror(EACCES)) << mount.log();
  EXPECT_EQ(pread(held.get(), bytes.data(), bytes.size(), 0), -1) << "an open file neither";
  EXPECT_STREQ(strerror(errno), strerror(EACCES));
}

INSTANTIATE_TEST_SUITE_P(Hours, WrongClock, testing::Values(0, 36000, -36000),
                         [](const auto& hours) {
                           return hours.param == 0  ? "right"
                                  : hours.param > 0 ? "ten_hours_behind"
                                                    : "ten_hours_ahead";
                         });

}  // namespace
}  // namespace ramrolefs::e2e
