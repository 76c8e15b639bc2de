// SPDX-License-Identifier: Apache-2.0
// What a machine may be short of, and what a service may do, while workers die.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

using std::chrono::milliseconds;

/// Threads with small stacks, each of which reads a file once.
class Crowd {
 public:
  Crowd(int size, const std::string& path) : path_(path), threads_(static_cast<std::size_t>(size)) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, std::size_t{256} << 10U);
    for (pthread_t& thread : threads_) {
      if (pthread_create(&thread, &attributes, read, this) != 0) ++missing_;
    }
    pthread_attr_destroy(&attributes);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
  }

  int missing() const { return missing_; }
  int done() const { return done_; }
  int failed() const { return failed_; }

 private:
  static void* read(void* self) {
    auto* crowd = static_cast<Crowd*>(self);
    struct stat stat {};
    if (::stat(crowd->path_.c_str(), &stat) != 0 || stat.st_size == 0) ++crowd->failed_;
    ++crowd->done_;
    return nullptr;
  }

  std::string path_;
  std::vector<pthread_t> threads_;
  int missing_ = 0;
  std::atomic<int> done_ = 0;
  std::atomic<int> failed_ = 0;
};

TEST(Hardship, FiveThousandParkedReadersOutliveTheWorker) {
  const int readers = sanitized() ? 500 : 5000;
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  Mounted mount(emulator, {"--timeout=60"});
  const Crowd crowd(readers, mount / "AccessKeyId");
  ASSERT_EQ(crowd.missing(), 0);
  const std::string all = "parked: " + std::to_string(readers) + " in all";
  ASSERT_TRUE(eventually([&] { return mount.logged(all) == 1; }));
  pid_t worker = next_worker(mount.process().pid());
  kill(worker, SIGKILL);
  ASSERT_TRUE(eventually([&] { return mount.logged(all) == 2; })) << "each is served again";
  emulator.heal();
  worker = next_worker(mount.process().pid(), worker);
  const auto start = std::chrono::steady_clock::now();
  kill(worker, SIGKILL);  // whose flight would hang on
  EXPECT_TRUE(eventually([&] { return crowd.done() == readers; })) << crowd.done();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%d parked readers had their value %.2f s after the worker was killed\n", readers,
              took.count());
  EXPECT_EQ(crowd.failed(), 0);
  EXPECT_LE(emulator.flights(), 2) << "the one that hung is answered too";
}

/// The soft limit of a process, set by one of its own user: root may not have CAP_SYS_RESOURCE.
void limit(pid_t process, const std::string& what) {
  const std::string status = of_process(process, "status");
  const auto number = [&](const char* heading) {
    return std::to_string(std::stol(status.substr(status.find(heading) + std::strlen(heading))));
  };
  const auto done = run({"setpriv", "--reuid=" + number("Uid:"), "--regid=" + number("Gid:"),
                         "--clear-groups", "prlimit", "--pid=" + std::to_string(process), what});
  ASSERT_EQ(done.status, 0) << done.err;
}

TEST(Hardship, NoDescriptorsLeft) {
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.2"});
  const pid_t monitor = mount.process().pid();
  const std::string value = mount.read("AccessKeyId").text;
  limit(monitor, "--nofile=6:");
  const pid_t worker = next_worker(monitor);
  limit(worker, "--nofile=6:");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(mount.read("AccessKeyId").text, value);
    let_pass(milliseconds(50));  // so that it is due now and then
  }
  limit(monitor, "--nofile=1024:");
  kill(worker, SIGKILL);
  emulator.rotate();
  const std::string newest = emulator.now("AccessKeyId");
  EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
}

TEST(Hardship, NoMemoryLeft) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer ends the program then";
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.2"});
  const pid_t monitor = mount.process().pid();
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const pid_t worker = next_worker(monitor);
  limit(worker, "--as=1:");
  for (int i = 0; i < 200; ++i) {
    emulator.rotate();
    EXPECT_EQ(mount.read("AccessKeyId").error, 0);
    EXPECT_EQ(mount.read("nothing").error, ENOENT);
  }
  kill(worker, SIGKILL);
  const std::string newest = emulator.now("AccessKeyId");
  EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
}

/// A memory cgroup (v1) of the test's own; good() is false where there is none to be had.
class MemoryGroup {
 public:
  explicit MemoryGroup(long bytes)
      : path_("/sys/fs/cgroup/memory/ramrolefs-" + std::to_string(getpid())) {
    good_ = mkdir(path_.c_str(), 0755) == 0 && put("memory.limit_in_bytes", bytes);
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;
  ~MemoryGroup() { rmdir(path_.c_str()); }

  bool good() const { return good_; }
  bool take(pid_t process) const { return put("cgroup.procs", process); }

 private:
  bool put(const std::string& file, long value) const {
    std::ofstream out(path_ + "/" + file);
    out << value << std::flush;
    return out.good();
  }
  std::string path_;
  bool good_;
};

TEST(Hardship, TheKernelTakesTheWorkerForWantOfMemory) {
  const MemoryGroup group(1 << 20);
  if (!group.good()) GTEST_SKIP() << "there is no memory cgroup to be had";
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.1"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const pid_t worker = next_worker(mount.process().pid());
  ASSERT_TRUE(group.take(worker));
  for (int i = 0; i < 200; ++i) {
    emulator.rotate();
    EXPECT_EQ(mount.read("SecurityToken").error, 0);
  }
  if (worker_of(mount.process().pid()) == worker) {
    std::printf("1 MiB was enough for the worker; it is killed\n");
    kill(worker, SIGKILL);
  }
  EXPECT_TRUE(eventually([&] { return triple(mount) == triple(emulator); }));
}

TEST(Hardship, ADiskThatIsFullHoldsNoLogAndNobodyUp) {
  const Emulator emulator;
  const Folder folder;
  Process program({"sh", "-c", "exec \"$@\" 2>/dev/full", "sh", program_path(), "--foreground",
                   "--log-level=trace", "--metadata-url=" + emulator.url(), folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); }));
  EXPECT_EQ(read_file(folder / "m/AccessKeyId").error, 0);
  const pid_t worker = next_worker(program.pid());
  kill(worker, SIGKILL);
  next_worker(program.pid(), worker);
  EXPECT_EQ(read_file(folder / "m/AccessKeyId").text, emulator.now("AccessKeyId"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

/// Kills each worker a while after it was seen, which leaves it time to begin.
class Killer {
 public:
  explicit Killer(Mounted& mount)
      : life_(3 * time_of_a_takeover(mount.process().pid(), mount.path())),
        thread_([this, monitor = mount.process().pid()] {
          while (!over_) {
            if (const auto worker = worker_of(monitor)) {
              let_pass(life_);
              kill(*worker, SIGKILL);
              ++kills_;
            }
          }
        }) {}
  Killer(const Killer&) = delete;
  Killer& operator=(const Killer&) = delete;
  ~Killer() {
    over_ = true;
    thread_.join();
  }
  int kills() const { return kills_; }

 private:
  milliseconds life_;
  std::atomic<bool> over_ = false;
  std::atomic<int> kills_ = 0;
  std::thread thread_;
};

TEST(Hardship, EveryFaultOfTheServiceWhileWorkersAreKilled) {
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.1", "--patience=0.3", "--log-level=info"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const Killer killer(mount);
  for (const std::string kind :
       {"delay",   "hang",          "trickle",   "close", "truncate", "endless",         "redirect",
        "status",  "not_json",      "deep_json", "large", "missing",  "no_last_updated", "mistyped",
        "control", "nul",           "non_ascii", "empty", "code",     "expired",         "bad_date",
        "no_date", "bad_http_date", "none"}) {
    SCOPED_TRACE(kind);
    emulator.fault("kind=" + kind);
    for (int i = 0; i < 20; ++i) {
      const Reading reading = mount.read("AccessKeySecret");
      EXPECT_EQ(reading.error, 0);
      EXPECT_LT(reading.took, std::chrono::seconds(10));
      let_pass(milliseconds(10));
    }
  }
  EXPECT_GT(killer.kills(), 0);
  emulator.heal();
  EXPECT_TRUE(eventually([&] { return triple(mount) == triple(emulator); }));
}

TEST(Hardship, TheClockOfTheServiceIsYearsOff) {
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.1"});
  const Killer killer(mount);
  for (const char* shift : {"315360000", "-315360000", "0"}) {
    emulator.set(std::string("clock_offset=") + shift);
    emulator.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    EXPECT_TRUE(eventually([&] {
      const Reading reading = mount.read("AccessKeyId");
      EXPECT_EQ(reading.error, 0) << shift;
      return reading.text == newest;
    })) << shift;
  }
}

TEST(Hardship, ASlowReaderThatNeverFinishesHoldsNobodyUp) {
  const Emulator emulator;
  Mounted mount(emulator, {"--max-age=0.1"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  const Process slow({"sh", "-c",
                      "exec 3<\"$1/SecurityToken\" 4<\"$1\"; head -c 1 <&3; exec sleep 100", "sh",
                      mount.path()});
  EXPECT_TRUE(eventually([&] { return slow.out().size() == 1; }));
  const Killer killer(mount);
  for (int i = 0; i < 20; ++i) {
    emulator.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
