// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

using Words = std::vector<std::string>;

Words exec_words(const std::string& place, const Words& command) {
  Words words{program_path(), "exec"};
  if (!place.empty()) words.push_back(place);
  words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

Finished exec(const std::string& place, const Words& command) {
  return run(exec_words(place, command));
}

const Words kPrint{"sh", "-c",
                   "printf '%s %s %s' \"$ALIBABA_CLOUD_ACCESS_KEY_ID\" "
                   "\"$ALIBABA_CLOUD_ACCESS_KEY_SECRET\" \"$ALIBABA_CLOUD_SECURITY_TOKEN\""};
const Words kPrintForOss{"sh", "-c",
                         "printf '%s %s %s' \"$OSS_ACCESS_KEY_ID\" \"$OSS_ACCESS_KEY_SECRET\" "
                         "\"$OSS_SESSION_TOKEN\""};

TEST(Exec, GivesTheCredentialUnderTheNamesThatAreRead) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--newline"});
  EXPECT_EQ(exec(mount.path(), kPrint).out, triple(emulator));
  EXPECT_EQ(exec(mount.path(), kPrintForOss).out, triple(emulator));
}

TEST(Exec, GivesOneCredentialWhileItRotates) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.01"});
  std::set<std::string> given{triple(emulator)};
  for (int i = 0; i < 10; ++i) {
    Process process(exec_words(mount.path(), kPrint));
    emulator.rotate();
    given.insert(triple(emulator));
    ASSERT_EQ(process.wait(), 0) << process.err();
    EXPECT_TRUE(given.contains(process.out())) << "torn";
  }
}

TEST(Exec, PassesWordsAsTheyAre) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const auto printed =
      exec(mount.path(), {"printf", "<%s>", "a b", "$HOME", "*", "", "--", "--help", "\n"});
  EXPECT_EQ(printed.out, "<a b><$HOME><*><><--><--help><\n>");
}

TEST(Exec, LeavesNoSecretInAnArgumentAndTheProcessAsItWas) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const Words sleep{"sleep", "1000"};
  Process process(exec_words(mount.path(), sleep));
  const std::string expected("sleep\0001000\0", 11);
  EXPECT_TRUE(eventually([&] { return of_process(process.pid(), "cmdline") == expected; }))
      << process.err();

  // Without the numbers from 29 on, two of which libc uses for threads.
  constexpr const char* kSignals = "s/^Sig[BI].*\\(.......\\)$/\\1/p";
  for (const Words& words : {Words{"sed", "-n", kSignals, "/proc/self/status"},
                             Words{"grep", "core", "/proc/self/limits"}}) {
    EXPECT_EQ(exec(mount.path(), words).out, run(words).out);
  }
}

TEST(Exec, EndsAsEnvDoes) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);
  const auto without = exec(mount.path(), {"true"});
  EXPECT_EQ(without.status, 125);
  EXPECT_EQ(without.err,
            "ramrolefs exec: " + (mount / "current") + ": No such file or directory\n");
  emulator.attach("late-role");
  ASSERT_TRUE(eventually([&] { return mount.read("AccessKeyId").error == 0; }));
  EXPECT_EQ(exec(mount.path(), {"sh", "-c", "exit 42"}).status, 42);
  EXPECT_EQ(exec(mount.path(), {"sh", "-c", "kill -TERM $$"}).status, 128 + 15);
  EXPECT_EQ(exec(mount.path(), {"/nothing/there"}).status, 127);
  EXPECT_EQ(exec(mount.path(), {"/"}).status, 126);
  EXPECT_EQ(exec(mount.path(), {}).status, 125);
  EXPECT_EQ(exec("--bogus", {"true"}).status, 125);
  const auto nowhere = exec("/", {"true"});
  EXPECT_EQ(nowhere.status, 125);
  EXPECT_EQ(nowhere.err, "ramrolefs exec: /: no ramrolefs is mounted there\n");
}

TEST(Exec, OfSeveralMountsWantsOneNamed) {
  const Emulator emulator;
  const Mounted one(emulator);
  const Mounted other(emulator);
  const auto ended = exec("", {"true"});
  EXPECT_EQ(ended.status, 125);
  EXPECT_NE(ended.err.find("several are mounted, name one: "), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace ramrolefs::e2e
