// SPDX-License-Identifier: Apache-2.0
// Sweeps where the program sees less of its readers: as in a container, or with hidepid=.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/ordinary_user.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/readers.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

/// The program in a PID namespace of its own, as in a container: of a reader outside, the kernel
/// tells it no more than the process id 0.
class InAContainer : public testing::Test {
 protected:
  void mount(const std::vector<std::string>& options) {
    std::vector<std::string> words{"unshare",
                                   "--pid",
                                   "--fork",
                                   "--kill-child",
                                   program_path(),
                                   "--foreground",
                                   "--metadata-url=" + emulator_.url()};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(path());
    program_.emplace(words);
    const bool up = eventually([&] { return is_mounted(path()) || !program_->running(); });
    if (!up || !program_->running()) throw std::runtime_error("no mount: " + program_->err());
  }
  void TearDown() override {
    if (!program_) return;
    EXPECT_EQ(run({"umount", path()}).status, 0);
    EXPECT_EQ(program_->wait(), 0) << program_->err();
  }
  std::string path() const { return folder_ / "mount"; }

  Emulator emulator_;
  Folder folder_;
  std::optional<Process> program_;
};

TEST_F(InAContainer, WhoReadsFromOutsideAlwaysGetsTheNewest) {
  mount({"--max-age=0.2", "--read-window=60"});
  EXPECT_EQ(read_file(path() + "/AccessKeyId").text, emulator_.now("AccessKeyId"));
  EXPECT_EQ(read_file(path() + "/AccessKeySecret").text, emulator_.now("AccessKeySecret"));
  emulator_.rotate();
  const std::string newest = emulator_.now("AccessKeySecret");
  EXPECT_TRUE(eventually([&] { return read_file(path() + "/AccessKeySecret").text == newest; }))
      << "a sweep is taken for that of somebody whom nobody can know";
}

TEST_F(InAContainer, WhoReadsFromOutsideThroughCurrentGetsOneCredential) {
  mount({"--max-age=1", "--read-window=1"});
  Ledger ledger(emulator_);
  Readers readers({{"reader.sh", "current", kAnyPause}, {"reader.py", "current", kAnyPause}},
                  path(), std::chrono::seconds(12), milliseconds(700));
  while (readers.running()) {
    let_pass(std::chrono::seconds(2));
    ledger.rotate();
  }
  readers.expect_promises(ledger);
}

// An ordinary user, who sees in /proc his own processes alone.
constexpr const char* kHidden = R"SCRIPT(
install -m 0755 "$1/reader.sh" "$folder/reader.sh"
mount -t proc -o hidepid=2 proc /proc
$as_user sh -c '[ ! -e /proc/1 ]'
$as_user "$folder/ramrolefs" --max-age=1 --read-window=1 --metadata-url="$url" "$folder/m"
$as_user setsid --wait bash "$folder/reader.sh" slow "$folder/m" 10 0.4
)SCRIPT";

TEST(HiddenProcesses, AnOrdinaryUsersScriptGetsOneCredential) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Folder folder;
  Process script(as_ordinary_user(kHidden, emulator, folder, {RAMROLEFS_READERS}));
  while (script.running()) {
    let_pass(std::chrono::seconds(2));
    ledger.rotate();
  }
  EXPECT_EQ(script.wait(), 0) << script.err();
  const Tally tally = judge(script.out(), milliseconds(1000), ledger);
  EXPECT_EQ(tally.torn, 0);
  EXPECT_GT(2 * tally.credentials, ledger.size());
}

}  // namespace
}  // namespace ramrolefs::e2e
