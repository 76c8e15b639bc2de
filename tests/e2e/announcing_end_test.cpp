// SPDX-License-Identifier: Apache-2.0
// Whatever ends the mount ends all that belongs to it, who announces rotations among them.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/watcher.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

/// Marks what is started from now on by a variable of its environment, which is inherited.
class Mark {
 public:
  explicit Mark(const std::string& value) : entry_(std::string(kName).append("=").append(value)) {
    setenv(kName, value.c_str(), 1);
  }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  ~Mark() { unsetenv(kName); }

  /// How many processes have it, dead ones that nobody waited for left out.
  int processes() const {
    const auto all = all_processes();
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](pid_t process) {
      return of_process(process, "environ").find(entry_) != std::string::npos;
    }));
  }

 private:
  static constexpr const char* kName = "RAMROLEFS_TEST_MARK";
  std::string entry_;
};

struct End {
  const char* name;
  std::function<int(Mounted&)> end;  // 0 when it was done
  int status;                        // the program's
};

int by_signal(Mounted& mount, int signal) {
  mount.process().signal(signal);
  return 0;
}

pid_t announcer(Mounted& mount) {
  const auto found = announcer_of(mount.process().pid());
  if (!found) throw std::runtime_error("there is no announcer");
  return *found;
}

const End kEnds[] = {
    {"umount",
     [](Mounted& mount) {
       return run({"umount", mount.path()}).status;
     },
     0},
    {"umount_lazily",
     [](Mounted& mount) {
       return run({"umount", "-l", mount.path()}).status;
     },
     0},
    {"SIGTERM", [](Mounted& mount) { return by_signal(mount, SIGTERM); }, 0},
    {"SIGKILL", [](Mounted& mount) { return by_signal(mount, SIGKILL); }, 128 + SIGKILL}};

class AnnouncingEnds : public testing::TestWithParam<End> {
 protected:
  AnnouncingEnds() {
    mount_.emplace(emulator_, std::vector<std::string>{"--max-age=0.1", "--read-window=0"});
    EXPECT_EQ(mount_->read("AccessKeyId").error, 0);
  }

  void rotate() {
    emulator_.rotate();
    const std::string newest = emulator_.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return mount_->read("AccessKeyId").text == newest; }));
  }

  void expect_end() {
    EXPECT_GT(mark_.processes(), 0);
    EXPECT_EQ(GetParam().end(*mount_), 0);
    EXPECT_EQ(mount_->process().wait(), GetParam().status);
    EXPECT_TRUE(eventually([&] { return mark_.processes() == 0; })) << mark_.processes() << " left";
    if (GetParam().status == 0) {
      EXPECT_FALSE(is_mounted(mount_->path()));
    }
  }

  Emulator emulator_;
  Folder folder_;
  Mark mark_{folder_ / ""};
  std::optional<Mounted> mount_;
};

TEST_P(AnnouncingEnds, WithWatchersAndAfterRotations) {
  Watcher folder(mount_->path());
  Watcher file(mount_->operator/("AccessKeyId"));
  for (int times = 1; times <= 2; ++times) {
    rotate();
    ASSERT_TRUE(eventually([&] { return folder.announced("AccessKeyId") >= times; }));
  }
  expect_end();
}

TEST_P(AnnouncingEnds, InTheMidstOfARotation) {
  rotate();
  emulator_.rotate();
  expect_end();
}

TEST_P(AnnouncingEnds, RightAfterARotation) {
  for (int i = 0; i < 3; ++i) rotate();
  expect_end();
}

TEST_P(AnnouncingEnds, ThoughSomebodyHasStoppedTheAnnouncer) {
  rotate();
  ASSERT_EQ(kill(announcer(*mount_), SIGSTOP), 0);
  emulator_.rotate();
  expect_end();
}

TEST(AnnouncerThatIsKilled, IsMissedByWatchersAlone) {
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.1", "--read-window=0"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  ASSERT_EQ(kill(announcer(mount), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return mount.logged("the announcer has ended") == 1; }));
  for (int i = 0; i < 2; ++i) {
    emulator.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
  }
  EXPECT_EQ(run({"umount", mount.path()}).status, 0);
  EXPECT_EQ(mount.process().wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Ways, AnnouncingEnds, testing::ValuesIn(kEnds),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace ramrolefs::e2e
