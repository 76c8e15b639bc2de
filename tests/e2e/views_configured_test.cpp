// SPDX-License-Identifier: Apache-2.0
// Which views and files there are, as the configuration says, and commands that are told of one.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/viewed.h"

namespace ramrolefs::e2e {
namespace {

TEST(Views, ComeAndGoWithTheConfiguration) {
  const Emulator emulator;
  Viewed viewed(emulator);
  const std::string value = emulator.now("AccessKeyId");
  EXPECT_EQ(viewed.read("php/AccessKeyId").text, value + "\n");
  EXPECT_EQ(viewed.read("more/AccessKeyId").error, ENOENT);
  const FileDescriptor of_php = open_path(viewed / "php/AccessKeyId");
  const FileDescriptor of_root = open_path(viewed / "AccessKeyId");

  viewed.configure(std::string(kLeast).append("[view.more]\nuid = 4713\n"));
  viewed.hang_up();
  EXPECT_TRUE(eventually([&] { return viewed.read("more/AccessKeyId").text == value; }));
  EXPECT_EQ(run_as(kStranger, {"cat", viewed / "more/AccessKeyId"}).out, value);
  EXPECT_TRUE(eventually([&] { return viewed.read("php/AccessKeyId").error == ENOENT; }))
      << "once the kernel asks again";
  EXPECT_EQ(read_held(of_php).error, ESTALE);
  EXPECT_EQ(read_held(of_root).text, value);
  EXPECT_EQ(viewed.read("least/RoleName").error, 0);

  viewed.configure(std::string(kPhp).append(kLeast));
  viewed.hang_up();
  EXPECT_TRUE(eventually([&] { return viewed.read("php/AccessKeyId").text == value + "\n"; }));

  viewed.configure("[view.php]\nuid = 4711\n");
  viewed.hang_up();
  EXPECT_TRUE(eventually([&] { return viewed.read("php/AccessKeyId").text == value; }));
  EXPECT_EQ(run_as(kPhpsUser, {"stat", "-c%s", viewed / "php/AccessKeyId"}).out,
            std::to_string(value.size()) + "\n");
  EXPECT_EQ(viewed.read("php/RoleName").error, 0);
  EXPECT_EQ(emulator.flights(), 1) << "it is the same credential all the while";
}

TEST(Files, NoneAreOfTheRootAndAViewServes) {
  const Emulator emulator;
  const Viewed viewed(emulator, {"--files=none"});
  EXPECT_EQ(run({"env", "LC_ALL=C", "ls", viewed / ""}).out, "current\nleast\nphp\n");
  for (const char* name : {"AccessKeyId", "SecurityToken", "config.json", "env"}) {
    EXPECT_EQ(viewed.read(name).error, ENOENT) << name;
  }
  EXPECT_EQ(emulator.count("total"), 0) << "nobody has read";
  EXPECT_EQ(viewed.read("php/AccessKeyId").text, emulator.now("AccessKeyId") + "\n");
  EXPECT_EQ(viewed.read("AccessKeyId").error, ENOENT);
  EXPECT_EQ(viewed.read("current/AccessKeyId").error, ENOENT);
  EXPECT_EQ(emulator.count("region"), 0) << "which nobody is shown";
}

TEST(Views, CommandsReadOneThatIsNamed) {
  const Emulator emulator;
  const Viewed viewed(emulator);
  const auto exec = run(
      {program_path(), "exec", viewed / "php", "--", "printenv", "ALIBABA_CLOUD_ACCESS_KEY_ID"});
  EXPECT_EQ(exec.status, 0) << exec.err;
  EXPECT_EQ(exec.out, emulator.now("AccessKeyId") + "\n");
  const auto wait = run({program_path(), "wait", viewed / "php"});
  EXPECT_EQ(wait.status, 0) << wait.err;
}

}  // namespace
}  // namespace ramrolefs::e2e
