// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

constexpr const char* kOwner = "4711";
constexpr const char* kGroup = "4712";
constexpr const char* kStranger = "4713";

/// Runs a program as another user, of that group and perhaps one more.
Finished run_as(const std::string& user, const std::string& group, const std::string& more,
                std::vector<std::string> words) {
  std::vector<std::string> all{"setpriv", "--reuid=" + user, "--regid=" + group,
                               more.empty() ? "--clear-groups" : "--groups=" + more};
  all.insert(all.end(), words.begin(), words.end());
  return run(all);
}

struct Row {
  const char* name;
  std::vector<std::string> options;
  const char *user, *group, *more;
  bool may;
};

class Access : public testing::TestWithParam<Row> {};

TEST_P(Access, TheKernelEnforcesItAndWhoMayNotReadStartsNoFetch) {
  const Row& row = GetParam();
  const Emulator emulator;
  const Mounted mount(emulator, row.options);

  const auto cat = run_as(row.user, row.group, row.more, {"cat", mount / "AccessKeyId"});
  EXPECT_EQ(cat.status, row.may ? 0 : 1);
  EXPECT_EQ(emulator.flights(), row.may ? 1 : 0);
  if (row.may) {
    EXPECT_EQ(cat.out, emulator.now("AccessKeyId"));
  } else {
    EXPECT_NE(cat.err.find("Permission denied"), std::string::npos) << cat.err;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Modes, Access,
    testing::Values(
        Row{"a_stranger_by_default", {}, kStranger, kStranger, "", false},
        Row{"the_owner", {"--uid=4711"}, kOwner, kStranger, "", true},
        Row{"a_stranger_to_the_owner", {"--uid=4711"}, kStranger, kStranger, "", false},
        Row{"the_owner_without_a_bit", {"--uid=4711", "--mode=0044"}, kOwner, kOwner, "", false},
        Row{"the_group", {"--gid=4712", "--mode=0440"}, kStranger, kGroup, "", true},
        Row{"another_group", {"--gid=4712", "--mode=0440"}, kStranger, kStranger, "", false},
        Row{"a_second_group", {"--gid=4712", "--mode=0440"}, kStranger, kStranger, kGroup, true},
        Row{"everybody", {"--mode=0444"}, kStranger, kStranger, "", true},
        Row{"all_but_the_group", {"--gid=4712", "--mode=0404"}, kStranger, kGroup, "", false}),
    [](const auto& row) { return row.param.name; });

TEST(Strangers, RootReadsWhateverTheModeIs) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--uid=4711", "--mode=0400"});
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
}

TEST(Strangers, WhoReadsEveryFileByACapabilityIsNone) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const auto cat = run({"setpriv", "--reuid=4713", "--clear-groups", "--inh-caps=+dac_read_search",
                        "--ambient-caps=+dac_read_search", "cat", mount / "AccessKeyId"});
  EXPECT_EQ(cat.out, emulator.now("AccessKeyId")) << cat.err;
}

TEST(Strangers, WhoMayNotReadMayNotListAndWhoMayMay) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--uid=4711", "--gid=4712", "--mode=0440"});
  for (const auto& folder : {mount.path(), mount / "current"}) {
    EXPECT_EQ(run_as("4711", kStranger, "", {"ls", folder}).status, 0);
    EXPECT_EQ(run_as(kStranger, "4712", "", {"ls", folder}).status, 0);
    EXPECT_EQ(run_as(kStranger, kStranger, "4712", {"ls", folder}).status, 0);
    EXPECT_NE(run_as(kStranger, kStranger, "", {"ls", folder}).err.find("Permission denied"),
              std::string::npos);
  }
  EXPECT_EQ(run_as(kStranger, kStranger, "", {"stat", mount.path()}).status, 0);
}

TEST(Strangers, AStrangerSeesWhatIsThereAndHoldsUpNobody) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2"});

  EXPECT_EQ(run_as(kStranger, kStranger, "", {"stat", "-c%s %U", mount / "AccessKeyId"}).out,
            "0 root\n")
      << "nothing is there yet";
  EXPECT_EQ(emulator.count("total"), 0);

  const std::string old = mount.read("AccessKeyId").text;
  emulator.rotate();
  // However often a stranger looks, the kernel keeps nothing by which an owner would miss the due
  // moment.
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(run_as(kStranger, kStranger, "", {"stat", mount / "AccessKeyId"}).status, 0);
    return mount.read("AccessKeyId").text != old;
  }));
  const int flights = emulator.flights();
  for (int i = 0; i < 10; ++i) run_as(kStranger, kStranger, "", {"cat", mount / "AccessKeyId"});
  EXPECT_LE(emulator.flights(), flights);
}

}  // namespace
}  // namespace ramrolefs::e2e
