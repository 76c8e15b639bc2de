// SPDX-License-Identifier: Apache-2.0
// What is promised of the root is promised of a view, by the kernel too.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <thread>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/viewed.h"
#include "tests/e2e/watcher.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

/// Gets the newest credential to be served in the view, by reading there alone.
bool comes_to_serve_newest(const Viewed& viewed, const Emulator& emulator) {
  const std::string newest = emulator.now("SecurityToken") + "\n";
  return eventually([&] { return viewed.read("php/SecurityToken").text == newest; });
}

std::string inode_of(const std::string& path) {
  return run({"stat", "-c%i", path}).out;
}

TEST(Views, AreOfTheirOwnersAlone) {
  const Emulator emulator;
  const Viewed viewed(emulator);
  const std::string id = emulator.now("AccessKeyId");
  EXPECT_EQ(run_as(kPhpsUser, {"cat", viewed / "php/AccessKeyId"}).out, id + "\n");
  EXPECT_EQ(run_as(kPhpsUser, {"cat", viewed / "php/current/AccessKeyId"}).out, id + "\n");
  EXPECT_EQ(run_as(kPhpsUser, {"stat", "-c%s %u %g %a", viewed / "php/AccessKeyId"}).out,
            std::to_string(id.size() + 1) + " 4711 4711 400\n");
  const std::vector<std::string> list{"env", "LC_ALL=C", "ls"};
  EXPECT_EQ(run_as(kPhpsUser, with(list, viewed / "php")).out,
            "AccessKeyId\nAccessKeySecret\nSecurityToken\ncurrent\n");
  EXPECT_EQ(run_as(kLeastsUser, with(list, viewed / "least")).out, "RoleName\ncurrent\n");
  EXPECT_EQ(run_as(kLeastsUser, {"cat", viewed / "least/RoleName"}).out,
            viewed.read("RoleName").text);

  for (const char* user : {kLeastsUser, kStranger}) {
    for (const char* place : {"php/AccessKeyId", "php/current/AccessKeyId"}) {
      const auto cat = run_as(user, {"cat", viewed / place});
      EXPECT_NE(cat.err.find("Permission denied"), std::string::npos) << user << place << cat.err;
      EXPECT_EQ(cat.out, "");
    }
    for (const char* place : {"php", "php/current"}) {
      const auto ls = run_as(user, {"ls", viewed / place});
      EXPECT_NE(ls.err.find("Permission denied"), std::string::npos) << user << place << ls.err;
    }
  }
}

TEST(Views, LeaveTheRootAsItIs) {
  const Emulator emulator;
  const Viewed viewed(emulator);
  EXPECT_EQ(viewed.read("AccessKeyId").text, emulator.now("AccessKeyId"));
  EXPECT_EQ(run_as(kPhpsUser, {"cat", viewed / "AccessKeyId"}).status, 1);
  EXPECT_EQ(run_as(kPhpsUser, {"ls", viewed / ""}).status, 2);
  EXPECT_EQ(viewed.read("least/AccessKeyId").error, ENOENT);
  EXPECT_EQ(viewed.read("php/RoleName").error, ENOENT);
  EXPECT_EQ(viewed.read("php/least").error, ENOENT);
}

TEST(Views, AreReadOnly) {
  const Emulator emulator;
  const Viewed viewed(emulator);
  EXPECT_EQ(viewed.read("php/AccessKeyId").error, 0);
  const std::string file = viewed / "php/AccessKeyId";
  const auto refused = [](int result) { return result == -1 && errno == EROFS; };
  EXPECT_TRUE(refused(open((viewed / "php/new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
  EXPECT_TRUE(refused(open(file.c_str(), O_WRONLY | O_CLOEXEC)));
  EXPECT_TRUE(refused(mkdir((viewed / "php/new").c_str(), 0700)));
  EXPECT_TRUE(refused(unlink(file.c_str())));
  EXPECT_TRUE(refused(rmdir((viewed / "php").c_str())));
  EXPECT_TRUE(refused(chmod(file.c_str(), 0444)));
  EXPECT_TRUE(refused(std::rename(file.c_str(), (viewed / "AccessKeyId").c_str())));
  EXPECT_EQ(viewed.read("php/AccessKeyId").text, emulator.now("AccessKeyId") + "\n");
}

TEST(Views, AReaderOfOneAloneGetsTheNewestAndCurrentStays) {
  const Emulator emulator;
  const Viewed viewed(emulator, {"--max-age=0.2"});
  const std::string first = emulator.now("SecurityToken") + "\n";
  EXPECT_EQ(emulator.flights(), 0);
  EXPECT_EQ(viewed.read("php/SecurityToken").text, first);
  const FileDescriptor held = open_path(viewed / "php/current", O_DIRECTORY);
  ASSERT_TRUE(held.valid());
  for (int i = 0; i < 2; ++i) {
    emulator.rotate();
    EXPECT_TRUE(comes_to_serve_newest(viewed, emulator)) << "it starts no refresh";
    EXPECT_EQ(read_file("/proc/self/fd/" + std::to_string(held.get()) + "/SecurityToken").text,
              first);
    const std::string newest = emulator.now("SecurityToken") + "\n";
    EXPECT_TRUE(
        eventually([&] { return viewed.read("php/current/SecurityToken").text == newest; }));
  }
}

TEST(Views, ASetIsNotTornWhileOthersHaveTheNewest) {
  const Emulator emulator;
  const Viewed viewed(emulator, {"--max-age=0.2", "--read-window=20"});
  const std::string secret = emulator.now("AccessKeySecret") + "\n";
  const std::string token = emulator.now("SecurityToken") + "\n";
  EXPECT_EQ(viewed.read("php/AccessKeyId").text, emulator.now("AccessKeyId") + "\n");
  emulator.rotate();
  const std::string newest = emulator.now("AccessKeyId") + "\n";
  ASSERT_TRUE(eventually([&] {
    return run({"setsid", "--wait", "cat", viewed / "php/AccessKeyId"}).out == newest;
  }));
  EXPECT_TRUE(viewed.read("php/AccessKeySecret").text == secret);
  EXPECT_TRUE(viewed.read("php/SecurityToken").text == token);
}

// In a mount namespace of its own, as a container has it.
constexpr const char* kBinds = R"SCRIPT(
set -eu
touch "$2"
mount --bind "$1" "$2"
while sleep 0.05; do cat "$2"; done
)SCRIPT";

TEST(Views, AFileBoundAloneFollows) {
  const Emulator emulator;
  const Folder folder;
  const Viewed viewed(emulator, {"--max-age=0.3", "--follow-after=0.5"});
  const Process reader({"unshare", "--mount", "sh", "-c", kBinds, "sh", viewed / "php/AccessKeyId",
                        folder / "file"});
  for (int i = 0; i < 3; ++i) {
    if (i > 0) emulator.rotate();
    const std::string newest = emulator.now("AccessKeyId") + "\n";
    ASSERT_TRUE(eventually([&] { return reader.out().ends_with(newest); })) << reader.err();
  }
  EXPECT_EQ(reader.err(), "");
}

TEST(Views, ARotationIsAnnouncedInEachAccessKeyIdLast) {
  const Emulator emulator;
  const Viewed viewed(emulator, {"--max-age=0.2"});
  EXPECT_EQ(viewed.read("php/AccessKeyId").error, 0);
  Watcher php(viewed / "php");
  Watcher least(viewed / "least");
  Watcher root(viewed / "");
  for (int times = 1; times <= 2; ++times) {
    emulator.rotate();
    ASSERT_TRUE(comes_to_serve_newest(viewed, emulator));
    ASSERT_TRUE(eventually([&] {
      return php.announced("AccessKeyId") == times && root.announced("AccessKeyId") == times;
    }));
    EXPECT_EQ(php.names(IN_MOVED_TO).back(), "AccessKeyId");
    EXPECT_EQ(php.names(IN_MOVED_TO).size(), 3U * static_cast<unsigned>(times));
    EXPECT_EQ(php.announced("SecurityToken"), times);
  }
  EXPECT_FALSE(php.was_told(IN_CREATE | IN_DELETE | IN_MODIFY));
  EXPECT_FALSE(least.was_told(IN_MOVE)) << "the role is the same";
}

TEST(Views, AWorkerThatIsKilledIsNoticedByNoReader) {
  const Emulator emulator;
  Viewed viewed(emulator);
  const std::string value = emulator.now("AccessKeyId") + "\n";
  EXPECT_EQ(viewed.read("php/AccessKeyId").text, value);
  const std::string inode = inode_of(viewed / "php/AccessKeyId");
  const FileDescriptor held = open_path(viewed / "php/AccessKeyId");
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    while (!over) {
      wrong += viewed.read("php/AccessKeyId").text == value ? 0 : 1;
      wrong += viewed.read("php/nothing").error == ENOENT ? 0 : 1;
    }
  });
  const pid_t monitor = viewed.mount().process().pid();
  for (int i = 0; i < 5; ++i) {
    const pid_t worker = next_worker(monitor);
    kill(worker, SIGKILL);
    next_worker(monitor, worker);
    EXPECT_EQ(read_held(held).text, value);
    EXPECT_EQ(inode_of(viewed / "php/AccessKeyId"), inode);
  }
  over = true;
  reader.join();
  EXPECT_EQ(wrong, 0) << viewed.mount().log();
  EXPECT_EQ(emulator.flights(), 1);
}

}  // namespace
}  // namespace ramrolefs::e2e
