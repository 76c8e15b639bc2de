// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

using Now = std::chrono::steady_clock;

TEST(Lazy, NothingIsAskedBeforeTheFirstReadNorByAListing) {
  const Emulator emulator;
  const Mounted mount(emulator);

  const auto listing = run({"env", "LC_ALL=C", "ls", mount.path()});
  EXPECT_EQ(listing.out,
            "AccessKeyId\nAccessKeySecret\nExpiration\nLastUpdated\nRoleName\nSecurityToken\n"
            "config.json\ncredentials\ncredentials.json\ncurrent\nenv\nexternal.json\n");
  EXPECT_EQ(run({"stat", mount.path()}).status, 0);
  EXPECT_EQ(run({"df", mount.path()}).status, 0);
  EXPECT_EQ(emulator.count("total"), 0);

  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
  EXPECT_EQ(emulator.flights(), 1);
}

TEST(Lazy, AWholeSetIsOneFetch) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--region=cn-test"});

  EXPECT_EQ(triple(mount), triple(emulator));
  EXPECT_EQ(mount.read("RoleName").text, "emulated-role");
  EXPECT_EQ(mount.read("Expiration").text, emulator.now("Expiration"));
  EXPECT_EQ(mount.read("LastUpdated").text, emulator.now("LastUpdated"));
  EXPECT_EQ(emulator.count("token"), 1);
  EXPECT_EQ(emulator.count("role_list"), 1);
  EXPECT_EQ(emulator.count("credential"), 1);
  EXPECT_EQ(emulator.count("connections"), 1);
}

TEST(Lazy, StatOfAFileCountsAsAReadBecauseASizeMustBeRight) {
  const Emulator emulator;
  const Mounted mount(emulator);

  struct stat stat {};
  ASSERT_EQ(::stat((mount / "SecurityToken").c_str(), &stat), 0);
  EXPECT_EQ(static_cast<std::size_t>(stat.st_size), emulator.now("SecurityToken").size());
  EXPECT_EQ(emulator.flights(), 1);
}

TEST(Fresh, ARotationIsSeenAtTheDueMoment) {
  const Emulator emulator;
  constexpr std::chrono::milliseconds kMaxAge(1500);
  const Mounted mount(emulator, {"--max-age=1.5"});

  const auto before = Now::now();
  const auto old = mount.read("AccessKeyId").text;
  const auto after = Now::now();
  emulator.rotate();

  std::string last = old;
  ASSERT_TRUE(eventually([&] {
    const auto begun = Now::now();
    last = mount.read("AccessKeyId").text;
    if (Now::now() < before + kMaxAge) {
      EXPECT_EQ(last, old) << "refreshed before it was due";
    }
    if (begun >= after + kMaxAge) {
      EXPECT_NE(last, old) << "the first read after it was due";
    }
    return last != old || begun >= after + kMaxAge;
  }));
  EXPECT_EQ(last, emulator.now("AccessKeyId"));
  EXPECT_EQ(emulator.flights(), 2);
}

TEST(Fresh, ASwappedRoleIsSeen) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2"});

  ASSERT_EQ(mount.read("RoleName").text, "emulated-role");
  emulator.attach("other-role");
  EXPECT_TRUE(eventually([&] { return mount.read("RoleName").text == "other-role"; }));
  EXPECT_EQ(triple(mount), triple(emulator));
}

TEST(Fresh, APinnedRoleIsTheOnlyOneAskedFor) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--role=emulated-role"});

  EXPECT_EQ(mount.read("RoleName").text, "emulated-role");
  EXPECT_EQ(emulator.count("role_list"), 0);
}

TEST(Fresh, TheSameCredentialIsNoNewGeneration) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1"});

  struct stat first {};
  ASSERT_EQ(stat((mount / "AccessKeyId").c_str(), &first), 0);
  struct stat later {};
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(stat((mount / "AccessKeyId").c_str(), &later), 0);
    return emulator.flights() >= 4;
  }));
  EXPECT_EQ(later.st_ino, first.st_ino);
  EXPECT_EQ(later.st_mtim.tv_sec, first.st_mtim.tv_sec);
  EXPECT_EQ(later.st_mtim.tv_nsec, first.st_mtim.tv_nsec);
}

TEST(Fresh, ANewGenerationHasALaterTimeStamp) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1"});

  struct stat first {};
  ASSERT_EQ(stat((mount / "AccessKeyId").c_str(), &first), 0);
  emulator.rotate();
  struct stat later {};
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(stat((mount / "AccessKeyId").c_str(), &later), 0);
    return later.st_ino != first.st_ino;
  }));
  EXPECT_EQ(later.st_ino % 256, first.st_ino % 256);
  EXPECT_GE(later.st_mtim.tv_sec, first.st_mtim.tv_sec);
  EXPECT_GT(later.st_mtim.tv_nsec, first.st_mtim.tv_nsec);
}

TEST(Fresh, WithoutARoleAReadSaysSoAndARoleAttachedLaterIsFound) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);

  EXPECT_EQ(mount.read("AccessKeyId").error, ENOENT);
  EXPECT_NE(run({"ls", mount.path()}).out.find("AccessKeyId"), std::string::npos);
  emulator.attach("late-role");
  EXPECT_TRUE(eventually([&] { return mount.read("RoleName").text == "late-role"; }));
}

TEST(Fresh, AnOpenFileKeepsItsContentOverARotation) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1"});

  const std::string old = mount.read("SecurityToken").text;
  const FileDescriptor held(open((mount / "SecurityToken").c_str(), O_RDONLY | O_CLOEXEC));
  emulator.rotate();
  ASSERT_TRUE(eventually([&] { return mount.read("SecurityToken").text != old; }));

  std::string kept(old.size() + 10, ' ');
  posix_fadvise(held.get(), 0, 0, POSIX_FADV_DONTNEED);  // so that the pages are asked for again
  const auto got = pread(held.get(), kept.data(), kept.size(), 0);
  ASSERT_GT(got, 0);
  kept.resize(static_cast<std::size_t>(got));
  EXPECT_EQ(kept, old);
}

TEST(Fresh, NewlineEndsEachValueWithOne) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--newline"});

  const auto bytes = mount.read("AccessKeyId").text;
  EXPECT_EQ(bytes, emulator.now("AccessKeyId") + "\n");
  struct stat stat {};
  ASSERT_EQ(::stat((mount / "AccessKeyId").c_str(), &stat), 0);
  EXPECT_EQ(static_cast<std::size_t>(stat.st_size), bytes.size());
}

}  // namespace
}  // namespace ramrolefs::e2e
