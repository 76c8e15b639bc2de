// SPDX-License-Identifier: Apache-2.0
// A worker that dies, hangs or can't begin: nobody who reads sees anything of it.
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/watcher.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

/// A mount whose workers can be made to fail (worker_fault.cpp).
class Takeover : public testing::Test {
 protected:
  explicit Takeover(const std::vector<std::string>& options = {})
      : mount_(emulator_, options, with_faults(folder_ / "fault")),
        monitor_(mount_.process().pid()) {}

  /// Of the next worker, and of all after it where the fault is one that stays.
  void fault(const std::string& plan) const { std::ofstream(folder_ / "fault") << plan; }
  void heal() const { std::remove((folder_ / "fault").c_str()); }

  /// Kills the worker, and waits for another one.
  pid_t take_over() const {
    const pid_t before = next_worker(monitor_);
    kill(before, SIGKILL);
    return next_worker(monitor_, before);
  }

  bool logged(const std::string& text, int times = 1) const {
    return eventually([&] { return mount_.logged(text) >= times; });
  }

  Emulator emulator_;
  Folder folder_;
  Mounted mount_;
  pid_t monitor_;
};

TEST_F(Takeover, GoesOnWithTheCredentialInHand) {
  const std::string values = triple(mount_);
  const int flights = emulator_.flights();
  for (int i = 0; i < 5; ++i) {
    take_over();
    EXPECT_EQ(triple(mount_), values);
  }
  EXPECT_EQ(emulator_.flights(), flights) << "the generation has survived";
}

TEST_F(Takeover, LeavesOpenFilesAndDirectoriesAsTheyAre) {
  std::ifstream open_file(mount_ / "SecurityToken");
  Process shell(
      {"sh", "-c",
       "cd \"$1\" && echo in && until test -e \"$2\"; do sleep 0.01; done; cat AccessKeyId", "sh",
       mount_ / "current", folder_ / "go-on"});
  ASSERT_TRUE(eventually([&] { return shell.out() == "in\n"; })) << shell.err();
  take_over();
  std::string token;
  EXPECT_TRUE(std::getline(open_file, token));
  EXPECT_EQ(token, emulator_.now("SecurityToken"));
  std::ofstream(folder_ / "go-on") << "now";
  EXPECT_EQ(shell.wait(), 0) << shell.err();
  EXPECT_EQ(shell.out(), "in\n" + emulator_.now("AccessKeyId"));
  EXPECT_TRUE(is_mounted(mount_.path()));
}

TEST_F(Takeover, KeepsWhoIsParkedWaitingAndAnswersHim) {
  emulator_.fault("kind=hang&on=all");
  Process reader({"cat", mount_ / "AccessKeyId"});
  ASSERT_TRUE(logged("parked: 1 in all"));
  take_over();
  ASSERT_TRUE(logged("parked: 1 in all", 2)) << "his request is served again";
  emulator_.heal();
  take_over();  // or the flight under way would hang for as long as it may
  EXPECT_EQ(reader.wait(), 0) << reader.err();
  EXPECT_EQ(reader.out(), emulator_.now("AccessKeyId"));
}

class TakeoverOfParked : public Takeover {
 protected:
  TakeoverOfParked() : Takeover({"--timeout=60"}) { emulator_.fault("kind=hang&on=all"); }
};

TEST_F(TakeoverOfParked, MayBeInterruptedWhateverTheWorkerHadHeardOfIt) {
  for (const std::string call : {"readv after ", "writev before ", "writev after "}) {
    for (int number = 1; number <= 4; ++number) {
      const std::string plan = call + std::to_string(number);
      fault(plan);
      take_over();
      const int parked = mount_.logged("parked: 1 in all");
      Process reader({"env", "--default-signal=INT", "cat", mount_ / "AccessKeyId"});
      ASSERT_TRUE(logged("parked: 1 in all", parked + 1)) << plan;
      reader.signal(SIGINT);
      EXPECT_EQ(reader.wait(), 128 + SIGINT) << plan;
    }
  }
}

/// FUSE_INIT is the first request there is, and its reply the first reply.
TEST(TakeoverOfInit, MayComeBeforeTheKernelHasItsReplyAndAfterIt) {
  for (const char* plan : {"readv after 1", "writev before 1", "writev after 1"}) {
    SCOPED_TRACE(plan);
    const Emulator emulator;
    const Folder folder;
    std::ofstream(folder / "fault") << plan;
    Mounted mount(emulator, {}, with_faults(folder / "fault"));
    EXPECT_TRUE(eventually([&] { return mount.logged("another one takes over") == 1; }));
    EXPECT_EQ(triple(mount), triple(emulator));
  }
}

/// Every call by which a worker talks to the kernel is a place to die at, before it and after it.
TEST_F(Takeover, MayComeAtAnyRequestAndAnyReply) {
  EXPECT_EQ(mount_.read("AccessKeyId").error, 0);
  Watcher watcher(mount_.path());
  const std::string values = triple(emulator_);
  for (const std::string call : {"readv after ", "writev before ", "writev after "}) {
    for (int number = 1; number <= 6; ++number) {
      const std::string plan = call + std::to_string(number);
      fault(plan);
      take_over();
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run({"ls", mount_.path()}).status, 0) << plan;
        struct statvfs stat {};
        EXPECT_EQ(statvfs(mount_.path().c_str(), &stat), 0) << plan;
        EXPECT_EQ(mount_.read("nothing").error, ENOENT) << plan;
        EXPECT_EQ(triple(mount_), values) << plan;
      }
    }
  }
}

class TakeoverOfRotations : public Takeover {
 protected:
  TakeoverOfRotations() : Takeover({"--max-age=0.2", "--read-window=0.05"}) {}
};

TEST_F(TakeoverOfRotations, MayComeAtAnyStepOfARotationAndItsAnnouncement) {
  EXPECT_EQ(mount_.read("AccessKeyId").error, 0);
  Watcher watcher(mount_.path());
  int announced = 0;
  for (const std::string call : {"readv after ", "writev before ", "writev after "}) {
    for (int number = 1; number <= 30; ++number) {
      fault(call + std::to_string(number));
      take_over();
      emulator_.rotate();
      const std::string newest = emulator_.now("AccessKeyId");
      EXPECT_TRUE(eventually([&] {
        const Reading reading = mount_.read("AccessKeyId");
        EXPECT_EQ(reading.error, 0) << call << number;
        return reading.text == newest;
      })) << call
          << number;
      ++announced;
      EXPECT_TRUE(eventually([&] { return watcher.announced("AccessKeyId") >= announced; }))
          << call << number << ": a rotation was not announced";
      announced = watcher.announced("AccessKeyId");
    }
  }
}

TEST_F(Takeover, AnswersARequestThatKillsEveryWorkerWithEio) {
  const std::string values = triple(mount_);
  fault("statfs");
  take_over();
  struct statvfs stat {};
  EXPECT_EQ(statvfs(mount_.path().c_str(), &stat), -1);
  EXPECT_EQ(errno, EIO);
  EXPECT_TRUE(logged("3 workers have died of one request"));
  EXPECT_EQ(triple(mount_), values) << "for that request alone";
  heal();
}

TEST_F(Takeover, ReplacesAWorkerThatHangs) {
  EXPECT_EQ(mount_.read("AccessKeyId").error, 0);
  kill(next_worker(monitor_), SIGSTOP);
  EXPECT_EQ(mount_.read("nothing").error, ENOENT);
  EXPECT_TRUE(logged("the worker does nothing"));
}

TEST_F(Takeover, LeavesAnIdleWorkerAlone) {
  const pid_t worker = next_worker(monitor_);
  let_pass(std::chrono::seconds(5));  // longer than it takes to replace one that hangs
  EXPECT_EQ(worker_of(monitor_), worker);
}

class TakeoverInVain : public Takeover {
 protected:
  TakeoverInVain() : Takeover({"--timeout=1"}) {}
};

TEST_F(TakeoverInVain, LetsReadersWaitThenTellsThemAndComesBack) {
  EXPECT_EQ(mount_.read("AccessKeyId").error, 0);
  fault("start");
  kill(next_worker(monitor_), SIGKILL);
  const Reading reading = mount_.read("nothing");
  EXPECT_EQ(reading.error, EIO);
  EXPECT_GT(reading.took, milliseconds(1000));
  EXPECT_TRUE(logged("readers get EIO"));
  heal();
  EXPECT_TRUE(eventually([&] { return mount_.read("nothing").error == ENOENT; }));
  const Reading value = mount_.read("AccessKeyId");
  EXPECT_EQ(value.error, 0);
  EXPECT_EQ(value.text, emulator_.now("AccessKeyId"));
}

TEST_F(TakeoverInVain, IsTriedLessAndLessOften) {
  fault("start");
  kill(next_worker(monitor_), SIGKILL);
  EXPECT_TRUE(logged("the worker has ended", 9));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(logged("the worker has ended", 11));
  EXPECT_GT(std::chrono::steady_clock::now() - start, milliseconds(700));
  heal();
}

TEST_F(Takeover, StartsAnotherAnnouncerWhenOneIsKilled) {
  const auto before = announcer_of(monitor_);
  ASSERT_TRUE(before);
  kill(*before, SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto now = announcer_of(monitor_);
    return now && now != before;
  }));
}

TEST_F(Takeover, LeavesNoProcessWhenTheMonitorIsKilled) {
  const pid_t worker = next_worker(monitor_);
  const auto announcer = announcer_of(monitor_);
  ASSERT_TRUE(announcer);
  mount_.process().signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return of_process(worker, "cmdline").empty(); }));
  EXPECT_TRUE(eventually([&] { return of_process(*announcer, "comm") != "announcer\n"; }));
}

/// The kernel's bound on requests of filesystems that ask for none (Linux 6.16), while this lives.
class RequestTimeout {
 public:
  explicit RequestTimeout(int seconds) {
    std::ifstream(kFile) >> before_;
    std::ofstream(kFile) << seconds;
    std::ifstream(kFile) >> now_;
  }
  RequestTimeout(const RequestTimeout&) = delete;
  RequestTimeout& operator=(const RequestTimeout&) = delete;
  ~RequestTimeout() { std::ofstream(kFile) << before_; }
  int now() const { return now_; }

 private:
  static constexpr const char* kFile = "/proc/sys/fs/fuse/default_request_timeout";
  int before_ = 0;
  int now_ = 0;
};

TEST(TakeoverForLong, AbortsNothingThoughTheKernelBoundsRequests) {
  const RequestTimeout bound(1);
  if (bound.now() != 1) GTEST_SKIP() << "this kernel knows no bound, or we may not set it";
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  Mounted mount(emulator, {"--timeout=60"});
  Process reader({"cat", mount / "AccessKeyId"});
  // The kernel looks every 15 s, and takes no bound for less.
  for (int i = 0; i < 8; ++i) {
    let_pass(std::chrono::seconds(4));
    const pid_t worker = next_worker(mount.process().pid());
    kill(worker, SIGKILL);
    ASSERT_TRUE(reader.running()) << reader.err();
  }
  emulator.heal();
  EXPECT_EQ(reader.wait(), 0) << reader.err();
  EXPECT_EQ(reader.out(), emulator.now("AccessKeyId"));
}

}  // namespace
}  // namespace ramrolefs::e2e
