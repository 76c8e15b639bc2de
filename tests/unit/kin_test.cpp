// SPDX-License-Identifier: Apache-2.0
#include "fusefs/kin.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

SteadyTime now() {
  return SystemClock().steady();
}

TEST(Kin, OfAThreadIsThatOfItsProcess) {
  std::optional<Kin> kin;
  std::thread([&] { kin = kin_of(static_cast<pid_t>(syscall(SYS_gettid)), now()); }).join();
  ASSERT_TRUE(kin);
  EXPECT_EQ(kin->process, getpid());
  EXPECT_EQ(kin->parent, getppid());
  EXPECT_EQ(kin->group, getpgrp());
  EXPECT_EQ(kin->session, getsid(0));
  EXPECT_GE(kin->age, 0s);
}

TEST(Kin, OfAProcessWithAnOddNameAndAGroupAndASessionOfItsOwn) {
  int hold[2];
  ASSERT_EQ(pipe(hold), 0);
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    pthread_setname_np(pthread_self(), "a) S 1 (b");
    char sign = '!';
    [[maybe_unused]] auto told = write(hold[1], &sign, 1);
    pause();
    _exit(0);
  }
  char sign = 0;
  ASSERT_EQ(read(hold[0], &sign, 1), 1);
  const auto kin = kin_of(child, now());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(kin);
  EXPECT_EQ(kin->process, child);
  EXPECT_EQ(kin->parent, getpid());
  EXPECT_EQ(kin->group, child);
  EXPECT_EQ(kin->session, child);
  EXPECT_LT(kin->age, 60s);
  EXPECT_FALSE(kin_of(child, now())) << "it has ended";
}

TEST(Kin, AgeIsCountedFromItsBeginning) {
  const auto kin = kin_of(getpid(), now() + 1h);
  ASSERT_TRUE(kin);
  EXPECT_GE(kin->age, 1h);
  EXPECT_LT(kin->age, 2h);
}

TEST(Kin, OfNobodyThereIsNone) {
  EXPECT_FALSE(kin_of(0, now()));
  EXPECT_FALSE(kin_of(-1, now()));
}

}  // namespace
}  // namespace ramrolefs::unit
