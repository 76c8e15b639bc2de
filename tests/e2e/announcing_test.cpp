// SPDX-License-Identifier: Apache-2.0
// A rotation is what inotify tells of a file that is replaced: renames onto the names that changed.
#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <set>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/readers.h"
#include "tests/e2e/watcher.h"

namespace ramrolefs::e2e {
namespace {

const std::vector<std::string> kOptions{"--max-age=0.2", "--read-window=0", "--region=cn-test"};

/// A mount with a credential that was read, and somebody who goes on reading.
class Announcing : public testing::Test {
 protected:
  Announcing() : mount_(emulator_, kOptions) { EXPECT_EQ(mount_.read("AccessKeyId").error, 0); }

  /// A new credential, which is served.
  void rotate() const {
    emulator_.rotate();
    const std::string newest = emulator_.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return mount_.read("AccessKeyId").text == newest; }));
  }

  bool comes_to_be_announced(Watcher& watcher, int times) const {
    return eventually([&] { return watcher.announced("AccessKeyId") >= times; });
  }

  Emulator emulator_;
  Mounted mount_;
};

TEST_F(Announcing, IsARenameOntoEachNameThatChangedAccessKeyIdLast) {
  Watcher watcher(mount_.path());
  for (int times = 1; times <= 3; ++times) {
    rotate();
    ASSERT_TRUE(comes_to_be_announced(watcher, times));
    const auto moved = watcher.names(IN_MOVED_TO);
    EXPECT_EQ(moved.back(), "AccessKeyId");
    for (const std::string name : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
      EXPECT_EQ(watcher.announced(name), times) << name;
    }
    EXPECT_EQ(watcher.announced("RoleName"), 0) << "the role is the same";
    EXPECT_EQ(watcher.names(IN_MOVED_FROM).size(), moved.size());
  }
  for (const std::string& name : watcher.names(IN_MOVED_TO)) {
    EXPECT_EQ(mount_.read(name).error, 0) << name;
  }
  EXPECT_FALSE(watcher.was_told(IN_CREATE | IN_DELETE | IN_MODIFY));
}

TEST_F(Announcing, IsOfTheRoleTooWhenItIsAnother) {
  Watcher watcher(mount_.path());
  emulator_.attach("another-role");
  ASSERT_TRUE(eventually([&] { return mount_.read("RoleName").text == "another-role"; }));
  ASSERT_TRUE(comes_to_be_announced(watcher, 1));
  EXPECT_EQ(watcher.announced("RoleName"), 1);
}

TEST_F(Announcing, WhoIsToldOfANameReadsItsNewValue) {
  Watcher watcher(mount_.path());
  std::size_t told = 0;
  for (int times = 1; times <= 3; ++times) {
    rotate();
    ASSERT_TRUE(eventually([&] {
      const auto moved = watcher.names(IN_MOVED_TO);
      for (; told < moved.size(); ++told) {
        // A format holds the value too, which has nothing to be escaped.
        const bool is_format = std::islower(moved[told].front()) != 0;
        const std::string value = emulator_.now(is_format ? "SecurityToken" : moved[told]);
        const std::string text = mount_.read(moved[told]).text;
        EXPECT_TRUE(is_format ? text.find(value) != std::string::npos : text == value)
            << moved[told];
      }
      return watcher.announced("AccessKeyId") >= times;
    }));
    EXPECT_TRUE(triple(mount_) == triple(emulator_));
  }
}

TEST_F(Announcing, TellsTheWatchersOfAFileThatItWasReplaced) {
  for (int i = 0; i < 3; ++i) {
    Watcher file(mount_ / "AccessKeyId");
    Watcher same(mount_ / "RoleName");
    rotate();
    EXPECT_TRUE(eventually([&] { return file.was_told(IN_DELETE_SELF); }));
    EXPECT_TRUE(file.was_told(IN_ATTRIB));
    EXPECT_TRUE(same.events().empty()) << "it is as it was";
  }
}

TEST_F(Announcing, AFileThatIsAsItWasKeepsItsInodeAndTime) {
  struct stat before {};
  ASSERT_EQ(stat((mount_ / "RoleName").c_str(), &before), 0);
  Watcher watcher(mount_.path());
  rotate();
  ASSERT_TRUE(comes_to_be_announced(watcher, 1));
  struct stat after {};
  ASSERT_EQ(stat((mount_ / "RoleName").c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
  EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}

TEST_F(Announcing, WaitsForNobodyWhoReadsNoEvents) {
  const Watcher sleeps(mount_.path());
  const Watcher sleeps_too(mount_ / "AccessKeyId");
  Watcher watcher(mount_.path());
  for (int times = 1; times <= 5; ++times) {
    rotate();
    ASSERT_TRUE(comes_to_be_announced(watcher, times));
  }
}

TEST(AnnouncingTheFirst, IsNoneForItReplacesNothing) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  Watcher watcher(mount.path());
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  emulator.rotate();
  ASSERT_TRUE(eventually([&] {
    mount.read("AccessKeyId");
    return watcher.announced("AccessKeyId") > 0;
  }));
  EXPECT_EQ(watcher.announced("AccessKeyId"), 1);
}

/// The names in a folder, in the kernel's order.
std::set<std::string> listing(const std::string& path) {
  std::set<std::string> names;
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = readdir(folder)) names.insert(entry->d_name);
  closedir(folder);
  return names;
}

TEST_F(Announcing, ItsHiddenNamesAreNobodyElses) {
  Watcher watcher(mount_.path());
  const auto visible = listing(mount_.path());
  std::set<std::string> hidden;
  for (int times = 1; times <= 4; ++times) {
    emulator_.rotate();
    ASSERT_TRUE(eventually([&] {
      mount_.read("AccessKeyId");
      EXPECT_EQ(listing(mount_.path()), visible);
      for (const std::string& name : watcher.names(IN_MOVED_FROM)) hidden.insert(name);
      for (const std::string& name : hidden) {  // of earlier rotations too, while this one comes
        struct stat stat {};
        EXPECT_EQ(::stat((mount_ / name).c_str(), &stat), -1) << name;
        EXPECT_EQ(errno, ENOENT) << name;
      }
      return watcher.announced("AccessKeyId") >= times;
    }));
  }
  EXPECT_FALSE(hidden.empty());
  for (const std::string& name : visible) EXPECT_FALSE(hidden.contains(name)) << name;
}

/// Somebody in a session of his own, who reads again and again with pauses.
Process another_reader(const Mounted& mount) {
  auto words = words_of("reader.py", {"plain", mount.path(), "100", "0"});
  words.insert(words.begin(), "setsid");
  return Process(words);
}

bool comes_to_read(const Process& reader, const std::string& text) {
  return eventually([&] { return reader.out().find(text) != std::string::npos; });
}

TEST(AnnouncingUnderSweeps, WaitsUntilTheLastReaderOfTheOldCredentialIsThrough) {
  constexpr std::chrono::seconds kWindow{5};
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=5"});
  const auto start = std::chrono::steady_clock::now();
  const std::string old = mount.read("AccessKeyId").text;
  Watcher watcher(mount.path());
  emulator.rotate();
  const Process other = another_reader(mount);
  ASSERT_TRUE(comes_to_read(other, emulator.now("AccessKeyId"))) << other.err();
  const bool early = watcher.was_told(IN_MOVED_TO);
  if (std::chrono::steady_clock::now() < start + kWindow) {
    EXPECT_FALSE(early) << "who is told would read the old one";
  }
  ASSERT_TRUE(eventually([&] { return watcher.announced("AccessKeyId") == 1; }));
  EXPECT_TRUE(triple(mount) == triple(emulator));
}

TEST(AnnouncingUnderSweeps, IsOfEachOfTwoRotationsInQuickSuccession) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=3"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);  // for three seconds, nothing is announced
  Watcher watcher(mount.path());
  const Process other = another_reader(mount);
  emulator.rotate();
  ASSERT_TRUE(comes_to_read(other, emulator.now("AccessKeyId"))) << other.err();
  const Process between({"setsid", "inotifywait", "--monitor", "--event", "attrib,delete_self",
                         "--format", "%e", mount / "AccessKeyId"});
  ASSERT_TRUE(eventually([&] { return between.err().find("established") != std::string::npos; }));
  emulator.rotate();
  ASSERT_TRUE(comes_to_read(other, emulator.now("AccessKeyId"))) << other.err();

  EXPECT_TRUE(eventually([&] { return watcher.announced("AccessKeyId") == 2; }));
  EXPECT_TRUE(eventually([&] { return between.out() == "ATTRIB\nDELETE_SELF\n"; }))
      << between.out();
}

}  // namespace
}  // namespace ramrolefs::e2e
