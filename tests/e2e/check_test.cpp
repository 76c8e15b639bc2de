// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "fusefs/advice.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/network_namespace.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

std::vector<std::string> words_of(const std::vector<std::string>& options) {
  std::vector<std::string> words{program_path(), "check"};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

Finished check(const std::vector<std::string>& options) {
  return run(words_of(options));
}

Finished check(const Emulator& emulator, std::vector<std::string> options = {}) {
  options.push_back("--metadata-url=" + emulator.url());
  return check(options);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Lines put together, with one space between words.
std::string joined(const std::string& lines) {
  std::istringstream words(lines);
  std::string text;
  for (std::string word; words >> word;) text += word + " ";
  return text;
}

/// The signs at the beginnings of lines, but that of the first, which is about this machine.
std::string signs(const std::string& out) {
  std::istringstream lines(out);
  std::string all;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    if (!line.starts_with(' ')) all += line.substr(0, line.find(' '));
  }
  return all;
}

void expect_no_secret(const std::string& text, const Emulator& emulator) {
  for (const char* member : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
    EXPECT_FALSE(has(text, emulator.now(member))) << member;
  }
}

TEST(Check, AllIsWell) {
  for (const std::vector<std::string>& mode : {std::vector<std::string>{}, {"--hardened"}}) {
    const Emulator emulator(mode);
    const auto checked = check(emulator, {"--timeout=60"});
    EXPECT_EQ(checked.status, 0);
    EXPECT_EQ(checked.err, "");
    EXPECT_EQ(signs(checked.out), "✓✓✓✓✓✓✓") << checked.out;
    EXPECT_TRUE(has(checked.out, "✓ route       to 127.0.0.1 from 127.0.0.1 by lo\n"));
    EXPECT_TRUE(has(checked.out, "✓ address     " + emulator.url() + " answers\n"));
    EXPECT_TRUE(has(checked.out, "✓ credential  valid until " + emulator.now("Expiration")));
    EXPECT_TRUE(has(checked.out, "✓ region      cn-hangzhou\n"));
    EXPECT_FALSE(has(checked.out, "\033"));
    expect_no_secret(checked.out, emulator);
    EXPECT_EQ(emulator.count("total"), 4);
  }
}

TEST(Check, EachFaultIsSeenAtItsStepWithWhatHelps) {
  struct Row {
    const char* fault;
    const char* step;
    Cause cause;
  };
  constexpr Row kRows[] = {
      {"kind=close&on=all", "address", Cause::cut_off},
      {"kind=status&on=all&status=403", "token", Cause::denied},
      {"kind=status&on=all&status=503", "token", Cause::unavailable},
      {"kind=status&on=role_list&status=404", "role", Cause::no_role},
      {"kind=status&on=role_list&status=401", "role", Cause::denied},
      {"kind=not_json&on=all", "role", Cause::malformed},
      {"kind=redirect&on=role_list", "role", Cause::unexpected_status},
      {"kind=status&on=credential&status=429", "credential", Cause::unavailable},
      {"kind=truncate&on=credential", "credential", Cause::cut_off},
      {"kind=large&on=credential", "credential", Cause::malformed},
      {"kind=missing&on=credential&member=AccessKeySecret", "credential", Cause::malformed},
      {"kind=control&on=credential&member=SecurityToken", "credential", Cause::malformed},
      {"kind=code&on=credential", "credential", Cause::not_successful},
      {"kind=expired&on=credential", "credential", Cause::expired},
  };
  const Emulator emulator;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.fault);
    emulator.fault(row.fault);
    const auto checked = check(emulator, {"--timeout=60"});
    EXPECT_EQ(checked.status, 1);
    const std::string text = joined(checked.out);
    const std::string line = std::string("✗ ") + row.step + " " + std::string(describe(row.cause));
    EXPECT_TRUE(has(text, line)) << checked.out;
    EXPECT_TRUE(has(text, advice(row.cause))) << checked.out;
    const std::string all = signs(checked.out);
    EXPECT_EQ(all.find("✗"), all.rfind("✗")) << checked.out;
    EXPECT_TRUE(all.ends_with("–")) << "the region: " << checked.out;
    expect_no_secret(checked.out + checked.err, emulator);
  }
}

TEST(Check, AServiceThatHangsIsATimeOut) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const auto checked = check(emulator, {"--timeout=0.2"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(signs(checked.out), "✓✗–––––") << checked.out;
  EXPECT_TRUE(has(joined(checked.out), advice(Cause::timed_out))) << checked.out;
}

TEST(Check, WhereNothingListensItIsRefused) {
  const auto checked = check({"--metadata-url=http://127.0.0.1:1"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(signs(checked.out), "✓✗–––––") << checked.out;
  EXPECT_TRUE(has(checked.out, "✗ address     connection refused")) << checked.out;
  EXPECT_TRUE(has(joined(checked.out), advice(Cause::refused))) << checked.out;
}

TEST(Check, ANameThatLeadsNowhereIsSaid) {
  // Longer than a label may be, so that no resolver has to be reached.
  const auto checked = check({"--metadata-url=http://" + std::string(64, 'x')});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(signs(checked.out), "✗––––––") << checked.out;
}

TEST(Check, WhatIsMissingInHardenedModeIsTheToken) {
  const Emulator emulator({"--hardened"});
  emulator.fault("kind=status&on=token&status=503");
  const auto checked = check(emulator, {"--timeout=60"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_TRUE(has(joined(checked.out), advice(Cause::no_token))) << checked.out;
}

TEST(Check, AClockThatIsOffFailsBesideACredential) {
  const Emulator emulator;
  emulator.set("clock_offset=-3600");
  const auto checked = check(emulator, {"--timeout=60"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(signs(checked.out), "✓✓✓✓✓✗✓") << checked.out;
  EXPECT_TRUE(has(checked.out, "✗ clock       1 h 0 min ahead of the service's\n")) << checked.out;
}

TEST(Check, TakesTheConfigurationOfAMountAndCountsTheCommandLineMore) {
  const Emulator emulator({"--role=attached-role"});
  const Folder folder;
  const std::string file = folder / "shop.conf";
  std::ofstream(file) << "mount-point = \"/run/shop\"\nmode = \"0440\"\nrole = \"another-role\"\n"
                      << "metadata-url = \"" << emulator.url() << "\"\n";
  const auto pinned = check({"--timeout=60", "--config=" + file});
  EXPECT_EQ(pinned.status, 1);
  EXPECT_TRUE(has(pinned.out, "another-role")) << pinned.out;
  EXPECT_TRUE(has(joined(pinned.out), advice(Cause::no_role))) << pinned.out;
  const auto attached = check({"--timeout=60", "--config=" + file, "--role=attached-role"});
  EXPECT_EQ(attached.status, 0) << attached.out;

  std::ofstream(file, std::ios::app) << "rol = \"a-role\"\n";
  EXPECT_EQ(check({"--timeout=60", "--config=" + file}).status, 2);
}

TEST(Check, IsColouredOnATerminalUnlessAskedNotTo) {
  const Emulator emulator;
  const std::string line = program_path() + " check --timeout=60 --metadata-url=" + emulator.url();
  const auto shown = run({"env", "-u", "NO_COLOR", "script", "-qec", line, "/dev/null"});
  EXPECT_TRUE(has(shown.out, "\033[32m✓\033[0m address")) << shown.out;
  const auto plain = run({"script", "-qec", "NO_COLOR=1 " + line, "/dev/null"});
  EXPECT_TRUE(has(plain.out, "✓ address")) << plain.out;
  EXPECT_FALSE(has(plain.out, "\033")) << plain.out;
}

/// In that network, where the service is.
Finished check(const NetworkNamespace& network) {
  Process process = network.start(words_of({"--timeout=0.5"}));
  const int status = process.wait().value_or(-1);
  return {status, process.out(), process.err()};
}

TEST(Check, OutsideAVpcThereIsNoRoute) {
  const NetworkNamespace network;
  const auto checked = check(network);
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(signs(checked.out), "✗––––––") << checked.out;
  EXPECT_TRUE(has(joined(checked.out), advice(Cause::no_network))) << checked.out;
}

TEST(Check, AVpnThatClaimsTheServicesAddressIsNamed) {
  const NetworkNamespace network;
  ASSERT_EQ(network.ip({"link", "add", "tailscale0", "type", "veth", "peer", "name", "near"}), 0);
  ASSERT_EQ(network.ip({"link", "set", "near", "up"}), 0);
  ASSERT_EQ(network.ip({"link", "set", "tailscale0", "arp", "off", "up"}), 0);
  ASSERT_EQ(network.ip({"addr", "add", "100.101.102.103/10", "dev", "tailscale0"}), 0);
  const auto taken = check(network);
  EXPECT_EQ(taken.status, 1);
  EXPECT_EQ(signs(taken.out), "!✗–––––") << taken.out;
  EXPECT_TRUE(has(taken.out, "! route       to 100.100.100.200 from 100.101.102.103 by tailscale0"))
      << taken.out;
  EXPECT_TRUE(has(joined(taken.out), "tailscale0 looks like a VPN")) << taken.out;

  // Beside the way it may filter.
  ASSERT_EQ(network.ip({"link", "set", "lo", "up"}), 0);
  ASSERT_EQ(network.ip({"addr", "add", "100.100.100.200/32", "dev", "lo"}), 0);
  const auto beside = check(network);
  EXPECT_EQ(signs(beside.out), "!✗–––––") << beside.out;
  EXPECT_TRUE(has(beside.out, "! route       to 100.100.100.200 from 100.100.100.200 by lo"))
      << beside.out;
  EXPECT_TRUE(has(joined(beside.out), "tailscale0 looks like a VPN")) << beside.out;
}

}  // namespace
}  // namespace ramrolefs::e2e
