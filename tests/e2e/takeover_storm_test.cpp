// SPDX-License-Identifier: Apache-2.0
// Workers that are killed all the time, under readers of all kinds, with rotations going on.
#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/readers.h"
#include "tests/e2e/watcher.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kKills = 500;

/// Somebody who does one thing all the time, and how long it took each time.
class Doer {
 public:
  /// `act` returns 0 or an errno.
  explicit Doer(std::function<int()> act)
      : thread_([this, act = std::move(act)] {
          while (!ended_) {
            const auto start = Clock::now();
            const int error = act();
            took_.push_back(Clock::now() - start);
            if (error != 0) errors_.push_back(error);
          }
        }) {}
  Doer(const Doer&) = delete;
  Doer& operator=(const Doer&) = delete;
  ~Doer() { end(); }

  void end() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
  }
  const std::vector<Clock::duration>& took() const { return took_; }
  const std::vector<int>& errors() const { return errors_; }

 private:
  std::atomic<bool> ended_ = false;
  std::vector<Clock::duration> took_;
  std::vector<int> errors_;
  std::thread thread_;
};

int list(const std::string& path) {
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return errno;
  int names = 0;
  errno = 0;
  while (readdir(folder) != nullptr) ++names;
  const int error = names > 3 ? errno : ENODATA;
  closedir(folder);
  return error;
}

int look_at(const std::string& path) {
  struct stat stat {};
  if (::stat(path.c_str(), &stat) != 0) return errno;
  return stat.st_size > 0 ? 0 : ENODATA;
}

/// Kills the worker so many times: from 2 ms after it has begun to three times what it takes to.
void kill_workers(Mounted& mount, int times) {
  const pid_t monitor = mount.process().pid();
  const std::chrono::microseconds most = 3 * time_of_a_takeover(monitor, mount.path());
  std::minstd_rand random(static_cast<unsigned>(monitor));
  std::uniform_int_distribution<int> after(2'000, std::max(static_cast<int>(most.count()), 3'000));
  pid_t worker = -1;
  for (int i = 0; i < times; ++i) {
    worker = next_worker(monitor, worker);
    let_pass(std::chrono::duration_cast<milliseconds>(std::chrono::microseconds(after(random))));
    kill(worker, SIGKILL);
  }
}

double in_ms(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// Prints how long what needed us took, a kernel's own answers (a few microseconds) left out.
void print(const char* what, std::vector<Clock::duration> took) {
  const auto all = took.size();
  std::erase_if(took, [](auto time) { return time < std::chrono::microseconds(20); });
  std::sort(took.begin(), took.end());
  if (took.empty()) return;
  const auto at = [&](double share) {
    return in_ms(took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))]);
  };
  std::printf("%-8s %9zu operations, of %7zu that asked us: p50 %5.2f  p99 %6.2f  worst %6.2f ms\n",
              what, all, took.size(), at(0.5), at(0.99), at(1));
}

TEST(TakeoverStorm, CostsNobodyAnOperationOrAWholeSet) {
  const Emulator emulator;
  Ledger ledger(emulator);
  Mounted mount(emulator, {"--max-age=1", "--read-window=1", "--log-level=info"});
  ASSERT_EQ(mount.read("AccessKeyId").error, 0);
  Watcher watcher(mount.path());
  std::atomic<bool> over = false;
  std::thread killer([&] {
    kill_workers(mount, kKills);
    over = true;
  });
  {
    Readers readers({{"reader.sh", "cats", milliseconds(1000)},
                     {"reader.py", "plain", milliseconds(1000)},
                     {"reader.py", "threads", milliseconds(100)},
                     {"reader.py", "current", kAnyPause}},
                    mount.path(), std::chrono::seconds(15), milliseconds(500));
    Doer reader([&] { return mount.read("SecurityToken").error; });
    Doer statter([&] { return look_at(mount / "AccessKeySecret"); });
    Doer lister([&] { return list(mount.path()); });
    Doer seeker([&] { return mount.read("nothing").error == ENOENT ? 0 : EPROTO; });
    while (!over || readers.running()) {
      let_pass(std::chrono::seconds(2));
      ledger.rotate();
    }
    std::printf("%d kills, %d rotations\n", kKills, ledger.size() - 1);
    for (const auto& [what, doer] : {std::pair{"read", &reader}, std::pair{"stat", &statter},
                                     std::pair{"list", &lister}, std::pair{"no name", &seeker}}) {
      doer->end();
      print(what, doer->took());
      EXPECT_EQ(doer->errors(), std::vector<int>()) << what;
      const auto worst = *std::max_element(doer->took().begin(), doer->took().end());
      EXPECT_LT(worst, std::chrono::seconds(10)) << what << " hung";
    }
    readers.expect_whole(ledger);
  }
  killer.join();
  // Who reads without a pause is held for ten windows, and the announcements with him.
  EXPECT_TRUE(eventually([&] { return 2 * watcher.announced("AccessKeyId") > ledger.size(); }));
  EXPECT_TRUE(eventually([&] {
    let_pass(milliseconds(200));  // which ends a set
    return triple(mount) == triple(emulator);
  }));
}

}  // namespace
}  // namespace ramrolefs::e2e
