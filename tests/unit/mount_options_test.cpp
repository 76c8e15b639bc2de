// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_options.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

/// "name=value name …", as they stand in the result.
std::string settings_of(const std::string& list) {
  const auto options = read_mount_options(list);
  if (!options) return "error: " + options.error();
  std::string words;
  for (const Setting& setting : options->settings) {
    words += (words.empty() ? "" : " ") + setting.name +
             (setting.value ? "=" + *setting.value : std::string());
  }
  return words;
}

TEST(MountOptions, WhatIsGenericHasNoEffect) {
  EXPECT_EQ(settings_of(""), "");
  EXPECT_EQ(settings_of("defaults"), "");
  EXPECT_EQ(settings_of("rw,noatime,nosuid,nodev,noexec,nofail,_netdev,noauto,auto,user,user=joe,"
                        "users,owner,group,relatime,sync,ro,exec,suid,dev,comment=x,"
                        "x-systemd.automount,x-systemd.mount-timeout=10"),
            "");
}

TEST(MountOptions, OursAreLeftWithTheirValues) {
  EXPECT_EQ(settings_of("nofail,uid=www-data,newline,mode=0400,role=,unknown"),
            "uid=www-data newline mode=0400 role= unknown");
  const auto options = read_mount_options("nofail,uid=0");
  EXPECT_EQ(options->settings.at(0).where, "-o uid");
}

TEST(MountOptions, ThoseOfSelinuxAreForTheKernel) {
  const auto options = read_mount_options(
      "context=\"system_u:object_r:etc_t:s0:c1,c2\",uid=0,fscontext=a,rootcontext=b,defcontext=c");
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->kernel,
            (std::vector<std::string>{"context=\"system_u:object_r:etc_t:s0:c1,c2\"", "fscontext=a",
                                      "rootcontext=b", "defcontext=c"}));
  EXPECT_EQ(options->settings.size(), 1U);
}

TEST(MountOptions, WhatCannotBeDoneIsRefused) {
  for (const char* name : {"remount", "bind", "move"}) {
    EXPECT_EQ(settings_of(std::string("uid=0,") + name).find("error: -o " + std::string(name)), 0U);
  }
}

}  // namespace
}  // namespace ramrolefs::unit
