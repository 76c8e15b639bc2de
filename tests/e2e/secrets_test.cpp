// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

std::string of_process(Process& process, const std::string& file) {
  std::ifstream stream("/proc/" + std::to_string(process.pid()) + "/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

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
  const std::string seen =
      mount.log() + of_process(mount.process(), "cmdline") + of_process(mount.process(), "environ");
  for (const auto& secret : secrets) EXPECT_EQ(seen.find(secret), std::string::npos);
}

TEST(Secrets, NoCoreIsDumped) {
  const Emulator emulator;
  Mounted mount(emulator);
  const std::string limits = of_process(mount.process(), "limits");
  const auto at = limits.find("Max core file size");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(limits.substr(at + 26, 1), "0") << limits;
}

}  // namespace
}  // namespace ramrolefs::e2e
