// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>

#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {

/// How a process has ended, and what it has said.
struct Ended {
  int status = 0;  // as Process::wait() has it: 128 and the signal that killed it
  bool core = false;
  bool hangs = false;  // it, or a child of its own, was there after kDeadline
  std::string said;
};

/// The status of one that made a call by which the filter kills.
inline constexpr int kKilledByFilter = 128 + SIGSYS;

/// For tests of what is closed in.
class Confined : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    if (sanitized()) GTEST_SKIP() << "a sanitizer needs what is closed here";
  }
};

/// For a deed to say: what a system call has returned.
std::string result(long returned);

/// Does something in a process of its own, whose standard error is not seen; what it returns is
/// said.
Ended in_child(const std::function<std::string()>& deed);

/// For a deed: closes its process in as a worker. Where that fails, that is what the process says.
void be_worker();

/// The same as an announcer, who renames in the mount `clone`, or beneath `directory`.
void be_announcer(int clone, const std::string& directory);

/// Whether the kernel has landlock(7), and uses it.
bool has_landlock();

/// For a deed: the user nobody, with no more than his rights.
void be_ordinary_user();

}  // namespace ramrolefs::e2e
