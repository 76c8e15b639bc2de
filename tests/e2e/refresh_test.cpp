// SPDX-License-Identifier: Apache-2.0
// ramrolefs refresh: a new credential soon, which tears nobody's set.
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/readers.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

Finished order_refresh(const Mounted& mount) {
  return run({program_path(), "refresh", mount.path()});
}

TEST(RefreshCommand, BringsARotationBeforeItIsDue) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--read-window=0"});
  const std::string old = mount.read("AccessKeyId").text;
  for (int i = 0; i < 2; ++i) {
    emulator.rotate();
    EXPECT_EQ(mount.read("AccessKeyId").error, 0);
    EXPECT_EQ(emulator.flights(), 1 + i) << "not due for ten minutes";
    const auto ordered = order_refresh(mount);
    EXPECT_EQ(ordered.status, 0) << ordered.err;
    EXPECT_EQ(ordered.out, mount.path() + ": a refresh in 1 s\n");
    const std::string newest = emulator.now("AccessKeyId");
    EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
    EXPECT_EQ(emulator.flights(), 2 + i);
  }
}

TEST(RefreshCommand, NeedsNoReader) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--read-window=0"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  EXPECT_EQ(order_refresh(mount).status, 0);
  EXPECT_EQ(emulator.flights(), 1) << "at its time";
  EXPECT_TRUE(eventually([&] { return emulator.flights() == 2; }));
}

TEST(RefreshCommand, TearsNoSet) {
  constexpr milliseconds kWindow{1000};
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, {"--read-window=1"});
  Readers readers({{"reader.sh", "cats", kWindow},
                   {"reader.sh", "slow", kWindow},
                   {"reader.sh", "timeouts", kWindow},
                   {"reader.py", "plain", kWindow},
                   {"reader.py", "pool", milliseconds(100)},
                   {"reader.js", "sequential", kWindow}},
                  mount.path(), std::chrono::seconds(20), milliseconds(750));
  while (readers.running()) {
    const int flights = emulator.flights();
    ledger.rotate();
    EXPECT_EQ(order_refresh(mount).status, 0);
    eventually([&] { return emulator.flights() > flights || !readers.running(); });
    let_pass(kWindow);  // in which all of them see it
  }
  readers.expect_promises(ledger);
}

struct Stranger {
  const char* name;
  const char* mode;  // of the files
  const char* says;
};

class RefreshByAStranger : public testing::TestWithParam<Stranger> {};

TEST_P(RefreshByAStranger, IsRefusedAndStartsNothing) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--read-window=0", GetParam().mode});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const Folder folder;  // in which a stranger can reach the program
  ASSERT_EQ(run({"install", "-m", "0755", program_path(), folder / "ramrolefs"}).status, 0);
  const auto ordered = run({"setpriv", "--reuid=4713", "--regid=4713", "--clear-groups",
                            folder / "ramrolefs", "refresh", mount.path()});
  EXPECT_EQ(ordered.status, 1);
  EXPECT_NE(ordered.err.find(GetParam().says), std::string::npos) << ordered.err;
  let_pass(milliseconds(2000));
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  EXPECT_EQ(emulator.flights(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, RefreshByAStranger,
    testing::Values(Stranger{"WhoMayNotRead", "--mode=0400", "Permission denied"},
                    Stranger{"WhoMayRead", "--mode=0444", "Operation not permitted"}),
    [](const auto& row) { return row.param.name; });

TEST(RefreshCommand, SaysSoWhereNothingIsMounted) {
  const auto ordered = run({program_path(), "refresh", "/"});
  EXPECT_EQ(ordered.status, 1);
  EXPECT_NE(ordered.err.find("/: no ramrolefs is mounted there"), std::string::npos) << ordered.err;
}

}  // namespace
}  // namespace ramrolefs::e2e
