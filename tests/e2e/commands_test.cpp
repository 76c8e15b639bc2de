// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

std::vector<std::string> of_the_program(const std::vector<std::string>& words) {
  std::vector<std::string> all{program_path()};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Process start(const std::vector<std::string>& words) {
  return Process(of_the_program(words));
}

Finished command(const std::vector<std::string>& words) {
  return run(of_the_program(words));
}

bool says(Process& process, const std::string& text) {
  return eventually([&] { return process.err().find(text) != std::string::npos; });
}

TEST(Wait, EndsWhenACredentialCanBeRead) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);
  Process wait = start({"wait", "--timeout=60", mount.path()});
  ASSERT_TRUE(eventually([&] { return emulator.count("total") > 0; }));
  EXPECT_TRUE(wait.running()) << wait.err();
  emulator.attach("late-role");
  EXPECT_EQ(wait.wait(), 0) << wait.err();
  EXPECT_EQ(wait.out() + wait.err(), "");
}

TEST(Wait, IsForTheMountToo) {
  const Emulator emulator;
  const Folder folder;
  Process wait = start({"wait", folder / "m"});
  Process program(
      {program_path(), "--foreground", "--metadata-url=" + emulator.url(), folder / "m"});
  EXPECT_EQ(wait.wait(), 0) << wait.err();
}

TEST(Wait, SaysAfterItsTimeoutWhatWasMissing) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);
  const auto role = command({"wait", "--timeout=0.5", mount.path()});
  EXPECT_EQ(role.status, 1);
  EXPECT_EQ(role.err, "ramrolefs wait: no credential within 0.5 s: " + (mount / "AccessKeyId") +
                          ": No such file or directory\n");
  const auto place = command({"wait", "--timeout=0.2", "/"});
  EXPECT_EQ(place.status, 1);
  EXPECT_NE(place.err.find("/: no ramrolefs is mounted there"), std::string::npos) << place.err;
}

TEST(Wait, IsNotHeldUpByAReadThatHangs) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const Mounted mount(emulator, {"--timeout=60"});
  EXPECT_EQ(command({"wait", "--timeout=0.2", mount.path()}).status, 1);
}

TEST(Status, TellsWhetherTheMountAnswers) {
  const Emulator emulator;
  Mounted mount(emulator);
  const auto good = command({"status", mount.path()});
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(good.out.find(mount.path() + ": idle\n"), 0U) << good.out;
  EXPECT_EQ(emulator.count("total"), 0) << "it asks nothing";

  const pid_t worker = next_worker(mount.process().pid());
  mount.process().signal(SIGSTOP);  // which would have another worker take over
  kill(worker, SIGSTOP);
  const auto stopped = command({"status", mount.path()});
  kill(worker, SIGCONT);
  mount.process().signal(SIGCONT);
  EXPECT_EQ(stopped.status, 2);
  EXPECT_EQ(stopped.out, mount.path() + ": does not answer\n");

  mount.process().signal(SIGKILL);
  mount.process().wait();
  EXPECT_TRUE(eventually([&] { return of_process(worker, "stat").empty(); }));
  const auto dead = command({"status", mount.path()});
  EXPECT_EQ(dead.status, 2);
  EXPECT_EQ(dead.out, mount.path() + ": Transport endpoint is not connected\n");
  EXPECT_EQ(run({"umount", "-l", mount.path()}).status, 0);
  EXPECT_EQ(command({"status", mount.path()}).status, 3);
}

TEST(Watch, RunsACommandAfterEachRotation) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.05"});
  Process watch = start(
      {"watch", "--interval=0.05", mount.path(), "--", "sh", "-c", "echo ran $1", "sh", "it"});
  ASSERT_TRUE(eventually([&] { return emulator.flights() >= 3; }));
  EXPECT_EQ(watch.out(), "") << "nothing has changed";
  emulator.rotate();
  EXPECT_TRUE(eventually([&] { return watch.out() == "ran it\n"; })) << watch.err();
  const int before = emulator.flights();
  ASSERT_TRUE(eventually([&] { return emulator.flights() >= before + 3; }));
  EXPECT_EQ(watch.out(), "ran it\n");
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 128 + SIGTERM);
}

TEST(Watch, RunsItForTheFirstCredentialIfThereWasNone) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);
  Process watch = start({"watch", "--interval=0.05", mount.path(), "--", "false"});
  ASSERT_TRUE(says(watch, "AccessKeyId: No such file or directory")) << watch.err();
  emulator.attach("late-role");
  const std::string failed = "false: ended with status 1";
  EXPECT_TRUE(says(watch, failed)) << watch.err();
  EXPECT_TRUE(eventually([&] {  // and again, since it failed
    const std::string log = watch.err();
    return log.find(failed) != log.rfind(failed);
  })) << watch.err();
}

TEST(Commands, ThatAreWrongEndWithTwo) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"wait", "--timeout=soon"},
                                                {"wait", "/a", "/b"},
                                                {"status", "--bogus"},
                                                {"check", "--bogus"},
                                                {"check", "a-word"},
                                                {"check", "--timeout=61"},
                                                {"check", "--config=/there/is/none"},
                                                {"watch"},
                                                {"watch", "--"}}) {
    const auto ended = command(words);
    EXPECT_EQ(ended.status, 2) << ended.err;
    EXPECT_EQ(ended.err.find("ramrolefs " + words[0] + ": "), 0U) << ended.err;
  }
}

TEST(Commands, ExplainThemselves) {
  const auto all = command({"--help"});
  for (const std::string name : {"check", "wait", "status", "watch"}) {
    EXPECT_NE(all.out.find("\n  " + name + " "), std::string::npos) << all.out;
    const auto help = command({name, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.out.find("Usage: ramrolefs " + name), std::string::npos) << help.out;
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
