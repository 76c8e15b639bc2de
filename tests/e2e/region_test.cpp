// SPDX-License-Identifier: Apache-2.0
// The region that config.json names: the metadata service says it, and nothing hangs on it.
#include <gtest/gtest.h>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

bool names(const Mounted& mount, const std::string& region) {
  return mount.read("config.json").text.find("\"" + region + "\"") != std::string::npos;
}

/// A new credential, which is served.
void rotate(const Emulator& emulator, const Mounted& mount) {
  emulator.rotate();
  const std::string newest = emulator.now("AccessKeyId");
  EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
}

TEST(Region, IsWhatTheServiceSaysWhichIsAskedOnce) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2"});
  EXPECT_TRUE(names(mount, "cn-hangzhou"));
  rotate(emulator, mount);
  EXPECT_TRUE(names(mount, "cn-hangzhou"));
  EXPECT_GE(emulator.count("region"), 1);
}

TEST(Region, IsNotAskedForWhereTheOptionsSayItOrNoFileNamesIt) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--region=eu-central-1"});
  EXPECT_TRUE(names(mount, "eu-central-1"));
  rotate(emulator, mount);
  EXPECT_TRUE(names(mount, "eu-central-1"));
  const Mounted other(emulator, {"--files=AccessKeyId"});
  EXPECT_EQ(other.read("AccessKeyId").error, 0);
  EXPECT_EQ(emulator.count("region"), 0);
}

class RegionFault : public testing::TestWithParam<const char*> {};

TEST_P(RegionFault, HarmsNothingAndItComesOnceAllIsWell) {
  const Emulator emulator;
  emulator.fault(std::string("on=region&kind=") + GetParam());
  const Mounted mount(emulator, {"--max-age=0.2", "--timeout=60"});
  const Reading reading = mount.read("AccessKeyId");
  EXPECT_EQ(reading.text, emulator.now("AccessKeyId"));
  EXPECT_LT(reading.took, std::chrono::seconds(20)) << "as long as the whole flight may take";
  EXPECT_EQ(mount.read("config.json").error, 0);
  EXPECT_FALSE(names(mount, "cn-hangzhou"));
  rotate(emulator, mount);
  EXPECT_GE(emulator.count("region"), 1);
  emulator.heal();
  EXPECT_TRUE(eventually([&] { return names(mount, "cn-hangzhou"); }));
}

INSTANTIATE_TEST_SUITE_P(Kinds, RegionFault,
                         testing::Values("status", "hang", "not_json", "control", "endless"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace ramrolefs::e2e
