// SPDX-License-Identifier: Apache-2.0
#include "fusefs/access.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>
#include <thread>
#include <vector>

namespace ramrolefs::unit {
namespace {

constexpr uid_t kOwner = 1000;
constexpr gid_t kGroup = 2000;
constexpr uid_t kStranger = 3000;

struct Row {
  const char* name;
  mode_t mode;
  uid_t uid;
  gid_t gid;
  bool in_group;  // by a supplementary group
  bool may;
};

// As the kernel decides (acl_permission_check() in fs/namei.c): the first class that fits counts,
// and no later one.
constexpr Row kRows[] = {
    {"root", 0400, 0, 0, false, true},
    {"root, whatever the mode", 0, 0, 0, false, true},
    {"the owner", 0400, kOwner, kStranger, false, true},
    {"the owner, forbidden", 0044, kOwner, kGroup, true, false},
    {"the group", 0440, kStranger, kGroup, false, true},
    {"the group, forbidden", 0400, kStranger, kGroup, false, false},
    {"the group, forbidden though others may", 0404, kStranger, kGroup, false, false},
    {"a supplementary group", 0440, kStranger, kStranger, true, true},
    {"a supplementary group, forbidden though others may", 0404, kStranger, kStranger, true, false},
    {"others", 0444, kStranger, kStranger, false, true},
    {"others, where the group may not", 0404, kStranger, kStranger, false, true},
    {"others, forbidden", 0440, kStranger, kStranger, false, false},
    {"nobody but root", 0, kOwner, kGroup, true, false},
};

TEST(Access, IsThatOfTheKernel) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Access access{kOwner, kGroup, row.mode};
    const Caller caller{1, row.uid, row.gid,
                        [&](gid_t group) { return row.in_group && group == kGroup; }};
    EXPECT_EQ(may_read(access, caller), row.may);
  }
}

TEST(Access, AsksForTheSupplementaryGroupsOnlyWhereTheyMatter) {
  int asked = 0;
  const Caller stranger{1, kStranger, kStranger, [&](gid_t) { return ++asked > 0; }};
  for (const mode_t mode : {0400U, 0444U, 0000U}) may_read({kOwner, kGroup, mode}, stranger);
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(may_read({kOwner, kGroup, 0440}, stranger));
  EXPECT_EQ(asked, 1);
}

TEST(Access, WhoseGroupsNobodyKnowsMayWhereOneOfThemCould) {
  const Caller stranger{0, kStranger, kStranger, [](gid_t) { return std::nullopt; }};
  EXPECT_TRUE(may_read({kOwner, kGroup, 0440}, stranger));
  EXPECT_TRUE(may_read({kOwner, kGroup, 0404}, stranger));
  EXPECT_FALSE(may_read({kOwner, kGroup, 0400}, stranger));
}

TEST(Access, WhoReadsWhateverTheModeIsMay) {
  int asked = 0;
  Caller caller{1, kStranger, kStranger, [](gid_t) { return false; }, [&] { return ++asked > 0; }};
  EXPECT_TRUE(may_read({kOwner, kGroup, 0444}, caller));
  EXPECT_EQ(asked, 0) << "asked only where it matters";
  EXPECT_TRUE(may_read({kOwner, kGroup, 0400}, caller));
  caller.uid = kOwner;
  EXPECT_TRUE(may_read({kOwner, kGroup, 0}, caller));
}

TEST(Access, CapabilitiesAreThoseOfTheThread) {
  EXPECT_EQ(thread_overrides_mode(gettid()), geteuid() == 0);
  EXPECT_FALSE(thread_overrides_mode(0));
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  std::thread reader([] {
    ASSERT_EQ(syscall(SYS_setresuid, -1, kStranger, -1), 0);  // this thread alone
    EXPECT_FALSE(thread_overrides_mode(gettid()));
  });
  reader.join();
}

TEST(Access, SupplementaryGroupsAreThoseOfTheThreadHoweverMany) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  std::vector<gid_t> groups;
  for (gid_t group = 100000; groups.size() < 3000; group += 2) groups.push_back(group);
  std::thread reader([&] {
    // The system call is for this thread alone; glibc's function would change all of the process.
    ASSERT_EQ(syscall(SYS_setgroups, groups.size(), groups.data()), 0);
    EXPECT_EQ(thread_has_group(gettid(), groups.front()), true);
    EXPECT_EQ(thread_has_group(gettid(), groups.back()), true);
    EXPECT_EQ(thread_has_group(gettid(), groups.front() + 1), false);
    EXPECT_EQ(thread_has_group(gettid(), 10), false) << "the beginning of another's number";
  });
  reader.join();
}

TEST(Access, SupplementaryGroupsAreUnknownOfWhomProcDoesNotShow) {
  EXPECT_EQ(thread_has_group(0, 0), std::nullopt);
  EXPECT_EQ(thread_has_group(-1, 0), std::nullopt);
}

TEST(Access, IsRootsAloneUnlessOrderedOtherwise) {
  const Access access;
  EXPECT_EQ(access.uid, 0U);
  EXPECT_EQ(access.gid, 0U);
  EXPECT_EQ(access.mode, 0400U);
}

}  // namespace
}  // namespace ramrolefs::unit
