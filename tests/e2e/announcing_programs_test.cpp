// SPDX-License-Identifier: Apache-2.0
// Programs that watch, as users have them: inotifywait, watchdog of Python, fs.watch of Node.js.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/ordinary_user.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/readers.h"

namespace ramrolefs::e2e {
namespace {

/// A mount with a credential that was read. It is not due while a watch begins, as who adds one in
/// the moment of a refresh may get ESTALE.
class Watching : public testing::Test {
 protected:
  Watching() : mount_(emulator_, {"--read-window=0", "--region=cn-test"}) {
    EXPECT_EQ(mount_.read("AccessKeyId").error, 0);
  }

  static void expect_said(const Process& process, const std::string& text) {
    ASSERT_TRUE(eventually([&] {
      return (process.out() + process.err()).find(text) != std::string::npos;
    })) << "it does not say: "
        << text;
  }

  /// Another credential, for which the next moment asks.
  void rotate() const {
    emulator_.rotate();
    ASSERT_EQ(run({program_path(), "refresh", mount_.path()}).status, 0);
  }

  /// A rotation, and somebody reads until the program has said a line once more.
  void rotate_until_it_says(const Process& process, const std::string& line) const {
    const auto said = [&] {
      int times = 0;
      std::istringstream lines(whole_lines(process.out()));
      for (std::string one; std::getline(lines, one);) times += one == line ? 1 : 0;
      return times;
    };
    const int before = said();
    rotate();
    ASSERT_TRUE(eventually([&] {
      mount_.read("AccessKeyId");
      return said() > before;
    })) << "it does not say: "
        << line;
  }

  Emulator emulator_;
  Mounted mount_;
};

TEST_F(Watching, ByInotifywaitOfTheFolder) {
  const Process watcher({"inotifywait", "--monitor", "--format", "%e %f", mount_.path()});
  expect_said(watcher, "Watches established");
  rotate_until_it_says(watcher, "MOVED_TO AccessKeyId");
  std::vector<std::string> moved;
  std::istringstream lines(watcher.out());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("MOVED_TO ")) moved.push_back(line.substr(9));
  }
  ASSERT_FALSE(moved.empty());
  EXPECT_EQ(moved.back(), "AccessKeyId");
  for (const char* name : {"AccessKeySecret", "SecurityToken"}) {
    EXPECT_EQ(std::count(moved.begin(), moved.end(), name), 1) << name;
  }
}

TEST_F(Watching, ByInotifywaitThatEndsWithTheFirstEvent) {
  for (int i = 0; i < 3; ++i) {
    Process watcher({"inotifywait", "--event", "moved_to", "--format", "%f", mount_.path()});
    expect_said(watcher, "Watches established");
    rotate();
    ASSERT_TRUE(eventually([&] {
      mount_.read("AccessKeyId");
      return !watcher.running();
    }));
    EXPECT_EQ(watcher.wait(), 0) << watcher.err();
  }
}

TEST_F(Watching, ByWatchdogOfPythonWhoseHandlerReads) {
  const Process watcher(words_of("watcher.py", {mount_.path()}));
  expect_said(watcher, "ready\n");
  for (int i = 0; i < 3; ++i) {
    rotate();
    const std::string line =
        "moved to AccessKeyId which holds " + emulator_.now("AccessKeyId") + "\n";
    ASSERT_TRUE(eventually([&] {
      mount_.read("AccessKeyId");
      return watcher.out().find(line) != std::string::npos;
    })) << watcher.err();
  }
}

TEST_F(Watching, ByNodeOfTheFolder) {
  const Process watcher(words_of("watcher.js", {mount_.path()}));
  expect_said(watcher, "ready\n");
  rotate_until_it_says(watcher, "rename AccessKeyId");
}

TEST_F(Watching, ByNodeOfAFile) {
  const Process watcher(words_of("watcher.js", {mount_ / "AccessKeyId"}));
  expect_said(watcher, "ready\n");
  rotate_until_it_says(watcher, "rename AccessKeyId");
}

/// A script that is to be ended, as it ends what it has started.
class Handler {
 public:
  Handler(const std::string& work, const Mounted& mount)
      : process_(words_of("handler.sh", {work, mount.path()})) {}
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  ~Handler() {
    process_.signal(SIGTERM);
    process_.wait();
  }
  const Process& process() const { return process_; }

 private:
  Process process_;
};

TEST_F(Watching, ByAScriptWhoseHandlerReadsGetsTheNewSet) {
  const Handler handler("read", mount_);
  expect_said(handler.process(), "Watches established");
  for (int i = 0; i < 3; ++i) {
    rotate();
    const std::string line = triple(emulator_) + "\n";
    ASSERT_TRUE(eventually([&] {
      mount_.read("AccessKeyId");
      return handler.process().out().ends_with(line);
    })) << handler.process().err();
  }
}

TEST_F(Watching, ByAScriptWhoseHandlerTriesToChangeSomethingHoldsUpNothing) {
  const Handler handler("change", mount_);
  expect_said(handler.process(), "Watches established");
  for (int i = 0; i < 3; ++i) rotate_until_it_says(handler.process(), "tried AccessKeyId");
  std::istringstream lines(handler.process().out());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with("tried ") ||
                line.find("Read-only file system") != std::string::npos)
        << line;
  }
  EXPECT_EQ(mount_.read("AccessKeyId").text, emulator_.now("AccessKeyId"));
}

// The mount of an ordinary user, whose kernel lets him write.
constexpr const char* kWatches = R"SCRIPT(
$as_user sh -euc '
  "$1/ramrolefs" --metadata-url="$2" --max-age=0.2 --read-window=0 "$1/m"
  cd "$1/m"
  cat AccessKeyId >/dev/null
  inotifywait --monitor --format "%e %f" . 2>&1 &
  refused() { # MESSAGE CHANGE
    (eval "$2") 2>&1 | grep -q "$1" || echo "not refused: $2"
  }
  for change in "touch new" "mkdir new" "mv AccessKeyId RoleName" "ln AccessKeyId new" \
    "rm -f AccessKeyId" "chmod 600 RoleName" "rmdir current"; do
    refused "Read-only file system" "$change"
  done
  for change in ": >AccessKeyId" "echo x >>RoleName" "truncate -s 0 RoleName"; do
    refused "Permission denied" "$change" # by the mode, which comes first
  done
  echo tried
  while sleep 0.02; do cat AccessKeyId >/dev/null; done
' sh "$folder" "$url"
)SCRIPT";

TEST(WatchingAsAnOrdinaryUser, SeesTheRotationsAndMayChangeNothing) {
  const Emulator emulator;
  const Folder folder;
  Process script(as_ordinary_user(kWatches, emulator, folder));
  ASSERT_TRUE(eventually([&] {
    if (!script.running()) return true;
    return script.out().find("tried\n") != std::string::npos &&
           script.out().find("Watches established") != std::string::npos;
  }));
  ASSERT_TRUE(script.running()) << script.out() << script.err();
  EXPECT_EQ(script.out().find("not refused"), std::string::npos) << script.out();
  EXPECT_EQ(script.out().find("MOVED_TO"), std::string::npos) << script.out();
  emulator.rotate();
  EXPECT_TRUE(eventually([&] {
    return script.out().find("MOVED_TO AccessKeyId\n") != std::string::npos;
  })) << script.err();
}

}  // namespace
}  // namespace ramrolefs::e2e
