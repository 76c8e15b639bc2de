// SPDX-License-Identifier: Apache-2.0
// Reads that belong together get the values of one credential: real readers, all at once.
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/readers.h"
#include "tests/e2e/watcher.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kTime{60};

constexpr milliseconds kWindow{1000};
constexpr milliseconds kSlow{750};      // between two values: within the window
constexpr milliseconds kTooSlow{1100};  // for it
constexpr milliseconds kQuick{100};     // the pause that may begin a new set
const std::vector<std::string> kOptions{"--max-age=1", "--read-window=1"};

/// AccessKeyId first: pauses within the window are allowed.
const std::vector<Kind> kScripts{
    {"reader.sh", "cats", kWindow},      {"reader.sh", "slow", kWindow},
    {"reader.sh", "timeouts", kWindow},  {"reader.sh", "functions", kWindow},
    {"reader.sh", "cron", kWindow},      {"reader.sh", "session", kWindow},
    {"reader.py", "plain", kWindow},     {"reader.py", "bytes", kWindow},
    {"reader.js", "sequential", kWindow}};

/// In another order, at once, or names twice: without a pause.
const std::vector<Kind> kQuickOnes{
    {"reader.sh", "parallel", kQuick}, {"reader.py", "stat", kQuick},
    {"reader.py", "pool", kQuick},     {"reader.py", "threads", kQuick},
    {"reader.py", "folder", kQuick},   {"reader.js", "parallel", kQuick}};

const std::vector<Kind> kThroughCurrent{{"reader.sh", "current", kAnyPause},
                                        {"reader.py", "current", kAnyPause}};

std::vector<Kind> joined(std::vector<Kind> first, const std::vector<Kind>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// A rotation every two seconds, as long as they read.
void rotate_under(Readers& readers, Ledger& ledger) {
  while (readers.running()) {
    let_pass(std::chrono::seconds(2));
    ledger.rotate();
  }
}

TEST(Storm, NoKindOfReaderGetsATornSetAndAllSeeTheRotations) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, kOptions);
  Watcher watcher(mount.path());
  Readers readers(joined(kScripts, kQuickOnes), mount.path(), kTime, kSlow);
  Readers slow_readers(kThroughCurrent, mount.path(), kTime, kTooSlow);
  rotate_under(readers, ledger);
  readers.expect_promises(ledger);
  slow_readers.expect_whole(ledger);  // these have no time for most of the rotations
  EXPECT_GT(2 * watcher.announced("AccessKeyId"), ledger.size());
}

TEST(Sweeps, AreOfReadersInAnotherPidNamespaceToo) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, kOptions);
  Readers readers({{"reader.sh", "cats", kWindow},
                   {"reader.sh", "timeouts", kWindow},
                   {"reader.sh", "slow", kWindow},
                   {"reader.py", "plain", kWindow},
                   {"reader.py", "pool", kQuick}},
                  mount.path(), std::chrono::seconds(12), kSlow,
                  {"unshare", "--pid", "--mount-proc", "--fork", "--kill-child"});
  rotate_under(readers, ledger);
  readers.expect_promises(ledger);
}

TEST(Sweeps, EndAfterTenWindowsForWhoNeverPauses) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0.2"});
  Process busy(words_of("reader.py", {"busy", mount.path(), "100", "0"}));
  for (int i = 0; i < 4; ++i) {
    if (i > 0) ledger.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return busy.out().find(newest) != std::string::npos; }))
        << "it sees the same credential for ever: " << busy.err();
  }
  EXPECT_EQ(judge(busy.out(), kWindow, ledger).torn, 0);
}

TEST(Sweeps, AreWholeForAReaderThatHasPausedInAnEarlierSet) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, {"--max-age=0.5", "--read-window=0.5"});
  Readers readers({{"reader.py", "slip", kQuick}}, mount.path(), std::chrono::seconds(15),
                  milliseconds(200));
  rotate_under(readers, ledger);
  readers.expect_whole(ledger);
}

// As systemd starts services: they have a parent in common, and nothing else.
TEST(Sweeps, OfTwoServicesThatOneProcessHasStartedAreTwo) {
  const Emulator emulator;
  const Folder folder;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=20"});
  const std::string old = triple(emulator);
  const Process slow({"setsid", "/usr/bin/python3", "-uc", R"PYTHON(
import os, sys, time
read = lambda name: open(os.path.join(sys.argv[1], name)).read()
id = read("AccessKeyId")
print("begun")
while not os.path.exists(sys.argv[2]):
    time.sleep(0.01)
print(id, read("AccessKeySecret"), read("SecurityToken"))
)PYTHON",
                      mount.path(), folder / "go-on"});
  ASSERT_TRUE(eventually([&] { return slow.out() == "begun\n"; })) << slow.err();
  EXPECT_EQ(run({"setsid", "--wait", "cat", mount / "AccessKeySecret"}).status, 0);
  let_pass(milliseconds(300));  // until it is due, and longer than a pause within a set
  emulator.rotate();
  EXPECT_EQ(mount.read("AccessKeyId").text, emulator.now("AccessKeyId"));
  EXPECT_EQ(run({"touch", folder / "go-on"}).status, 0);
  EXPECT_TRUE(eventually([&] { return slow.out().size() > old.size(); })) << slow.err();
  EXPECT_TRUE(slow.out() == "begun\n" + old + "\n") << "torn by another one's reads";
}

TEST(Sweeps, EndAfterTenWindowsForWhoReadsOneNameAgainAndAgain) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0.2"});
  EXPECT_EQ(mount.read("SecurityToken").error, 0);
  emulator.rotate();
  const std::string newest = emulator.now("SecurityToken");
  EXPECT_TRUE(eventually([&] { return mount.read("SecurityToken").text == newest; }));
}

TEST(Sweeps, KeepAReaderOnItsCredentialWhileOthersHaveTheNewest) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=20"});
  const std::string old = triple(emulator);
  const std::string id = mount.read("AccessKeyId").text;
  emulator.rotate();
  auto other_words = words_of("reader.py", {"plain", mount.path(), "100", "0"});
  other_words.insert(other_words.begin(), "setsid");
  const Process other(other_words);
  const std::string newest = triple(emulator);
  ASSERT_TRUE(eventually([&] { return other.out().find(newest) != std::string::npos; }));
  EXPECT_EQ(id + " " + mount.read("AccessKeySecret").text + " " + mount.read("SecurityToken").text,
            old);
}

TEST(Sweeps, AreTurnedOffByAWindowOfNought) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  emulator.rotate();
  EXPECT_TRUE(eventually(
      [&] { return mount.read("AccessKeySecret").text == emulator.now("AccessKeySecret"); }));
}

}  // namespace
}  // namespace ramrolefs::e2e
