// SPDX-License-Identifier: Apache-2.0
// The program: its options, its one line, its end.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <utility>

#include "tests/emulator/test_fixture.h"

namespace ramrolefs::emulator {
namespace {

using EmulatorProgram = EmulatorTest;

TEST_F(EmulatorProgram, SaysWhereItListensInOneLine) {
  start();
  EXPECT_EQ("listening on http://127.0.0.1:" + std::to_string(service_.port), process_->greeting());
  process_->signal(SIGTERM);
  EXPECT_EQ("", process_->rest());
  EXPECT_EQ(0, process_->exit_status());
}

TEST_F(EmulatorProgram, RefusesAWrongOptionInOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::vector<const char*>>> cases{
      {{"--port", "65536"}, {"--port", "'65536'", "0 to 65535"}},
      {{"--port"}, {"--port", "N"}},
      {{"--listen", "here"}, {"--listen", "'here'", "IPv4"}},
      {{"--lifetime", "0"}, {"--lifetime", "'0'", "seconds from"}},
      {{"--lifetime", "nan"}, {"--lifetime", "'nan'", "seconds from"}},
      {{"--renew-before", "-1"}, {"--renew-before", "'-1'", "seconds from"}},
      {{"--clock-offset", "1h"}, {"--clock-offset", "'1h'", "seconds from"}},
      {{"--role", "a b"}, {"--role", "'a b'", "letters"}},
      {{"--hardened=yes"}, {"--hardened", "no value"}},
      {{"--nonsense"}, {"--nonsense"}},
      {{"nonsense"}, {"nonsense"}},
  };
  for (const auto& [arguments, named] : cases) {
    EmulatorProcess process(arguments);
    const std::string line = process.line();
    for (const char* part : named) EXPECT_NE(std::string::npos, line.find(part)) << line;
    EXPECT_EQ("", process.rest());
    EXPECT_EQ(2, process.exit_status()) << line;
  }
}

TEST_F(EmulatorProgram, ShowsItsPageAndVersion) {
  EmulatorProcess help({"--help"});
  const std::string page = help.rest();
  for (const char* part : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "CONTROL INTERFACE",
                           "FAULTS", "EXAMPLES", "EXIT STATUS", "--renew-before SECONDS",
                           "POST /emulator/invalidate-tokens", "bad_http_date"}) {
    EXPECT_NE(std::string::npos, page.find(part)) << part;
  }
  EXPECT_EQ(0, help.exit_status());
  EmulatorProcess version({"--version"});
  EXPECT_TRUE(version.line().starts_with("ramrolefs-emulator "));
  EXPECT_EQ(0, version.exit_status());
}

std::set<std::string> options_and_paths(const std::string& text) {
  static const std::regex kForm("(--[a-z][-a-z0-9]*|/emulator/[-a-z]+)");
  return {std::sregex_token_iterator(text.begin(), text.end(), kForm), {}};
}

TEST_F(EmulatorProgram, HasAManPageThatNamesWhatItsOwnPageDoes) {
  EmulatorProcess help({"--help"});
  std::ifstream file(RAMROLEFS_EMULATOR_MAN);
  const std::string page(std::istreambuf_iterator<char>(file), {});
  auto named = options_and_paths(help.rest());
  named.insert("--metadata-url");  // the filesystem's, in an example
  EXPECT_EQ(named, options_and_paths(page));
}

TEST_F(EmulatorProgram, LeavesAPortThatIsInUseAndSaysSo) {
  start();
  EmulatorProcess second({"--port", std::to_string(service_.port)});
  const std::string line = second.line();
  EXPECT_NE(std::string::npos, line.find(std::to_string(service_.port))) << line;
  EXPECT_NE(std::string::npos, line.find("in use")) << line;
  EXPECT_EQ(1, second.exit_status());
}

TEST_F(EmulatorProgram, EndsAtSigintToo) {
  start();
  Client idle(service_.port);
  idle.request("GET", kListPath);
  idle.receive();
  process_->signal(SIGINT);
  EXPECT_EQ(0, process_->exit_status());
}

// Whatever is under way, SIGTERM ends it: the requests would be held up for longer than any test.
TEST(EmulatorEnd, WaitsForNoneOfHundredsOfRequestsHeldUp) {
  for (const char* kind : {"hang", "delay&seconds=3600", "trickle&seconds=3600", "endless"}) {
    RunningEmulator process;
    const Metadata service{process.port()};
    service.control(std::string("fault?kind=") + kind);
    std::vector<Client> clients;
    const std::size_t many = std::string(kind) == "endless" ? 8 : 300;
    for (std::size_t i = 0; i < many; ++i) {
      clients.emplace_back(process.port()).request("GET", kCredentialPath);
    }
    ASSERT_TRUE(service.counted("credential", many)) << kind;
    process.signal(SIGTERM);
    EXPECT_EQ(0, process.exit_status()) << kind;
  }
}

}  // namespace
}  // namespace ramrolefs::emulator
