// SPDX-License-Identifier: Apache-2.0
// SIGHUP: a worker of the program file and the configuration of now takes over, if it can.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
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

namespace fs = std::filesystem;

/// A mount of a program file of its own, which the test replaces, and somebody who reads all the
/// while.
class HandOver : public testing::Test {
 protected:
  HandOver() : program_((install(program_path()), Process(command()))) {
    EXPECT_TRUE(eventually([&] { return is_mounted(folder_ / "m"); })) << program_.err();
    EXPECT_EQ(read("AccessKeyId").error, 0);
    open_ = FileDescriptor(open((folder_ / "m/SecurityToken").c_str(), O_RDONLY | O_CLOEXEC));
    reader_ = std::thread([this] {
      while (!over_) {
        for (const char* name : {"AccessKeyId", "AccessKeySecret", "RoleName"}) {
          failures_ += read(name).error == 0 ? 0 : 1;
        }
        failures_ += read("nothing").error == ENOENT ? 0 : 1;
        ++rounds_;
      }
    });
  }
  ~HandOver() override {
    const int rounds = rounds_;
    EXPECT_TRUE(eventually([&] { return rounds_ > rounds + 2; }));
    over_ = true;
    reader_.join();
    EXPECT_EQ(failures_, 0) << program_.err();
    std::array<char, 4096> text{};
    EXPECT_GT(pread(open_.get(), text.data(), text.size(), 0), 0)
        << "of what was open all the time";
    open_.close();
    program_.signal(SIGTERM);
    EXPECT_EQ(program_.wait(), 0) << program_.err();
  }

  std::vector<std::string> command() const {
    auto words = with_faults(folder_ / "fault");
    words.insert(words.begin(), "env");
    words.insert(words.end(), {folder_ / "program", "--foreground", "--read-window=0",
                               "--metadata-url=" + emulator_.url(), folder_ / "m"});
    return words;
  }

  Reading read(const std::string& name) const { return read_file(folder_ / "m/" + name); }

  /// As a package manager does.
  void install(const std::string& file) const {
    fs::copy_file(file, folder_ / "new");
    fs::permissions(folder_ / "new", fs::perms(0755));
    fs::rename(folder_ / "new", folder_ / "program");
  }

  bool logged(const std::string& text) const {
    return eventually([&] { return program_.err().find(text) != std::string::npos; });
  }

  /// Of the program file that the worker runs.
  std::string version_of_worker() const {
    const auto worker = worker_of(program_.pid());
    return worker ? run({"/proc/" + std::to_string(*worker) + "/exe", "--version"}).out : "";
  }

  Emulator emulator_;
  Folder folder_;
  Process program_;
  FileDescriptor open_;
  std::atomic<bool> over_ = false;
  std::atomic<int> failures_ = 0;
  std::atomic<int> rounds_ = 0;
  std::thread reader_;
};

TEST_F(HandOver, ToAnotherVersionWhichStaysInCharge) {
  install(next_program_path());
  program_.signal(SIGHUP);
  ASSERT_TRUE(logged("a new worker has taken over")) << program_.err();
  EXPECT_NE(version_of_worker().find("+next"), std::string::npos);
  EXPECT_EQ(emulator_.flights(), 1) << "with what was in hand";
  const pid_t before = next_worker(program_.pid());
  kill(before, SIGKILL);
  next_worker(program_.pid(), before);
  EXPECT_TRUE(eventually([&] { return version_of_worker().find("+next") != std::string::npos; }));
}

TEST_F(HandOver, ToOneOfAnotherLayoutWhichFetchesAnew) {
  install(layout_program_path());
  const Reading before = read("SecurityToken");
  struct stat then {};
  struct stat now {};
  EXPECT_EQ(stat((folder_ / "m/SecurityToken").c_str(), &then), 0);
  program_.signal(SIGHUP);
  ASSERT_TRUE(logged("a new worker has taken over")) << program_.err();
  ASSERT_TRUE(logged("what was in hand can't be taken over")) << program_.err();
  EXPECT_TRUE(eventually([&] { return emulator_.flights() == 2; }));
  EXPECT_EQ(read("SecurityToken").text, before.text);
  EXPECT_EQ(stat((folder_ / "m/SecurityToken").c_str(), &now), 0);
  EXPECT_EQ(now.st_ino, then.st_ino) << "the same credential is the same generation";
}

TEST_F(HandOver, ToWhatIsNoProgramChangesNothing) {
  for (const std::string& broken :
       {std::string("/bin/false"), std::string("/etc/hostname"), emulator_path()}) {
    const pid_t worker = next_worker(program_.pid());
    const std::string log = program_.err();
    install(broken);
    program_.signal(SIGHUP);
    ASSERT_TRUE(eventually([&] {
      return program_.err().find("all goes on as it was", log.size()) != std::string::npos;
    })) << broken
        << program_.err();
    EXPECT_EQ(worker_of(program_.pid()), worker) << broken;
  }
}

TEST_F(HandOver, ToOneThatCannotServeIsTakenBack) {
  std::ofstream(folder_ / "fault") << "serve";
  install(next_program_path());
  program_.signal(SIGHUP);
  ASSERT_TRUE(logged("the one before it goes on")) << program_.err();
  fs::remove(folder_ / "fault");
  EXPECT_TRUE(eventually([&] { return version_of_worker().find("ramrolefs") == 0; }));
  EXPECT_EQ(version_of_worker().find("+next"), std::string::npos);
}

TEST_F(HandOver, GoesOnThoughTheProgramFileIsGone) {
  fs::remove(folder_ / "program");
  const pid_t worker = next_worker(program_.pid());
  program_.signal(SIGHUP);
  ASSERT_TRUE(logged("can't be started; all goes on as it was"));
  kill(worker, SIGKILL);
  next_worker(program_.pid(), worker);
}

TEST_F(HandOver, ManyInARow) {
  for (int i = 0; i < 20; ++i) {
    program_.signal(SIGHUP);
    const pid_t worker = next_worker(program_.pid());
    if (i % 3 == 0) kill(worker, SIGKILL);
  }
  EXPECT_TRUE(logged("a new worker has taken over"));
  EXPECT_LE(emulator_.flights(), 1);
}

}  // namespace
}  // namespace ramrolefs::e2e
