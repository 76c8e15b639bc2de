// SPDX-License-Identifier: Apache-2.0
// --refresh=warm: what is used is renewed before anybody has to wait for it, what is not is left
// alone.
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/watcher.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

const std::vector<std::string> kOptions{"--refresh=warm", "--max-age=0.5", "--read-window=0"};
constexpr milliseconds kLong{2000};  // four due moments

TEST(Warm, ACredentialThatWasReadIsRenewedWithoutAReaderAndAnUnreadOneIsNot) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  emulator.rotate();
  EXPECT_TRUE(eventually([&] { return emulator.flights() == 2; })) << "at its due moment";
  let_pass(kLong);
  EXPECT_EQ(emulator.flights(), 2) << "nobody has read what came";
}

TEST(Warm, NothingIsAskedBeforeTheFirstRead) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  let_pass(kLong);
  EXPECT_EQ(emulator.count("total"), 0);
}

TEST(Warm, AReadAfterTheSilenceIsFreshAndBeginsItAnew) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  emulator.rotate();
  ASSERT_TRUE(eventually([&] { return emulator.flights() == 2; }));
  let_pass(kLong);
  emulator.rotate();
  EXPECT_EQ(mount.read("AccessKeyId").text, emulator.now("AccessKeyId"));
  EXPECT_TRUE(eventually([&] { return emulator.flights() >= 4; }));
}

TEST(Warm, WhoOnlyReadsWhenToldIsToldOfEachRotation) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  Watcher watcher(mount.path());
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  for (int times = 1; times <= 4; ++times) {
    emulator.rotate();
    ASSERT_TRUE(eventually([&] { return watcher.announced("AccessKeyId") == times; }));
    EXPECT_TRUE(triple(mount) == triple(emulator));
  }
}

TEST(Warm, ACredentialThatWasReadIsRenewedAgainAndAgainWhileItStaysTheSame) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  EXPECT_TRUE(eventually([&] { return emulator.flights() >= 4; }))
      << "a watcher would wait for ever for the rotation to come";
}

TEST(Lazily, NothingIsRenewedWithoutAReader) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--refresh=lazy", "--max-age=0.2", "--read-window=0"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  let_pass(kLong);
  EXPECT_EQ(emulator.flights(), 1);
}

}  // namespace
}  // namespace ramrolefs::e2e
