// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

TEST(Secrets, AreNeverInALogOrAnArgumentWhateverHappens) {
  const Emulator emulator({"--hardened"});
  Mounted mount(emulator, {"--max-age=0.05", "--patience=0.1", "--timeout=0.2"});
  std::vector<std::string> secrets;
  for (const char* fault :
       {"kind=none", "kind=truncate&on=credential", "kind=missing&on=credential&member=Code",
        "kind=code&on=credential", "kind=control&on=credential&member=SecurityToken",
        "kind=not_json&on=all", "kind=status&status=500&on=credential"}) {
    emulator.rotate();
    for (const char* member : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
      secrets.push_back(emulator.now(member));
    }
    const int failures = mount.logged("refresh failed");
    emulator.fault(fault);
    const bool whole = std::string(fault) == "kind=none";
    ASSERT_TRUE(eventually([&] {
      mount.read("SecurityToken");
      return whole ? triple(mount) == triple(emulator) : mount.logged("refresh failed") > failures;
    }));
  }
  std::string seen = mount.log();
  for (const pid_t process : family_of(mount.process().pid())) {
    seen += of_process(process, "cmdline") + of_process(process, "environ");
  }
  for (const auto& secret : secrets) EXPECT_EQ(seen.find(secret), std::string::npos);
}

/// In KiB.
long memory(pid_t process, const std::string& kind) {
  const std::string status = of_process(process, "status");
  const auto at = status.find(kind);
  return at == std::string::npos ? 0 : std::stol(status.substr(at + kind.size()));
}

TEST(Secrets, AreNotSwapped) {
  const rlimit any{RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &any) != 0) GTEST_SKIP() << "can't lift the limit";
  const Emulator emulator;
  Mounted mount(emulator);
  ASSERT_EQ(mount.read("SecurityToken").error, 0);
  // One locks all that it has, and not its generations alone.
  const auto family = family_of(mount.process().pid());
  EXPECT_TRUE(std::any_of(family.begin(), family.end(), [](pid_t process) {
    return memory(process, "VmLck:") > memory(process, "VmSize:") / 2;
  }));
}

TEST(Secrets, AreNotLeftOnAStackByTheDynamicLinker) {
  const Emulator emulator;
  Mounted mount(emulator);
  const auto family = family_of(mount.process().pid());
  EXPECT_TRUE(std::any_of(family.begin(), family.end(), [](pid_t process) {
    return of_process(process, "environ").find("LD_BIND_NOW=1") != std::string::npos;
  }));
}

TEST(Secrets, NoCoreIsDumpedWhateverTheMachineAllows) {
  const rlimit any{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(setrlimit(RLIMIT_CORE, &any), 0);
  const Emulator emulator;
  Mounted mount(emulator);
  ASSERT_EQ(mount.read("SecurityToken").error, 0);
  for (const pid_t process : family_of(mount.process().pid())) {
    const std::string limits = of_process(process, "limits");
    const auto at = limits.find("Max core file size");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(limits.substr(at + 26, 1), "0") << limits;
  }
  mount.process().signal(SIGABRT);
  siginfo_t end{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(mount.process().pid()), &end, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(end.si_status, SIGABRT);
  EXPECT_EQ(end.si_code, CLD_KILLED) << "and not CLD_DUMPED";
}

}  // namespace
}  // namespace ramrolefs::e2e
