// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/readers.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <sstream>
#include <utility>

namespace ramrolefs::e2e {
namespace {

// Debian's python3, whatever else is called so here: it is the one that has Debian's modules.
std::string interpreter(const std::string& program) {
  if (program.ends_with(".sh")) return "bash";
  return program.ends_with(".py") ? "/usr/bin/python3" : "node";
}

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration<double>(time).count());
}

void print(const Kind& kind, const Tally& tally) {
  std::printf("%-9s %-9s %5d sets, %d paused too long, %d torn, %d credentials\n",
              kind.program.c_str(), kind.mode.c_str(), tally.sets, tally.paused, tally.torn,
              tally.credentials);
}

}  // namespace

std::vector<std::string> words_of(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {interpreter(program), RAMROLEFS_READERS "/" + program});
  return arguments;
}

Tally judge(const std::string& printed, std::chrono::milliseconds promised, const Ledger& ledger) {
  Tally tally;
  std::set<std::string> seen;
  std::istringstream lines(whole_lines(printed));
  for (std::string line; std::getline(lines, line); ++tally.sets) {
    std::istringstream words(line);
    long long pause = 0;
    std::string id;
    std::string secret;
    std::string token;
    words >> pause >> id >> secret >> token;
    seen.insert(id);
    if (pause >= promised.count()) {
      ++tally.paused;
    } else if (!ledger.whole(id, secret, token)) {
      ++tally.torn;
      tally.which += std::to_string(tally.sets) + ": " + id + "\n";
    }
  }
  tally.credentials = static_cast<int>(seen.size());
  return tally;
}

Readers::Readers(std::vector<Kind> kinds, const std::string& folder, std::chrono::seconds time,
                 std::chrono::milliseconds pause, const std::vector<std::string>& enter)
    : kinds_(std::move(kinds)) {
  for (const Kind& kind : kinds_) {
    std::vector<std::string> words = enter;
    words.insert(words.end(), {"setsid", "--wait"});
    const auto reader =
        words_of(kind.program, {kind.mode, folder, std::to_string(time.count()), seconds(pause)});
    words.insert(words.end(), reader.begin(), reader.end());
    processes_.emplace_back(words);
  }
}

bool Readers::running() {
  bool any = false;
  for (Process& process : processes_) any = process.running() || any;
  return any;
}

void Readers::expect_whole(const Ledger& ledger) {
  expect(ledger, false);
}

void Readers::expect_promises(const Ledger& ledger) {
  expect(ledger, true);
}

void Readers::expect(const Ledger& ledger, bool most) {
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    SCOPED_TRACE(kinds_[i].program + " " + kinds_[i].mode);
    EXPECT_EQ(processes_[i].wait(), 0) << processes_[i].err();
    const Tally tally = judge(processes_[i].out(), kinds_[i].promised, ledger);
    print(kinds_[i], tally);
    EXPECT_EQ(tally.torn, 0) << tally.which;
    EXPECT_LT(tally.paused, tally.sets) << "this machine is too busy to tell";
    if (most) {
      EXPECT_GT(2 * tally.credentials, ledger.size()) << "it missed most of the rotations";
    }
  }
}

}  // namespace ramrolefs::e2e
