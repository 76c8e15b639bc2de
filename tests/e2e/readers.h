// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "tests/e2e/ledger.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// A kind of reader: a mode of one of the programs in tests/e2e/readers.
struct Kind {
  std::string program;  // reader.sh, reader.py or reader.js
  std::string mode;
  /// What is promised a set whole: that in which no pause was as long as this.
  std::chrono::milliseconds promised;
};

/// Where no pause is too long.
constexpr auto kAnyPause = std::chrono::milliseconds::max();

/// The words that start a program of tests/e2e/readers.
std::vector<std::string> words_of(const std::string& program, std::vector<std::string> arguments);

/// What a reader has printed, judged.
struct Tally {
  int sets = 0;         // in all
  int paused = 0;       // with a pause that the promise doesn't allow: these are not judged
  int torn = 0;         // or not made by the emulator at all
  int credentials = 0;  // how many it has seen
  std::string which;    // those that were torn: their numbers, and the ids they began with
};
Tally judge(const std::string& printed, std::chrono::milliseconds promised, const Ledger& ledger);

/// Readers that run at once, each in a session of its own, as services do.
class Readers {
 public:
  /// They read in `folder` for so long, the slow ones with this pause between two values.
  Readers(std::vector<Kind> kinds, const std::string& folder, std::chrono::seconds time,
          std::chrono::milliseconds pause, const std::vector<std::string>& enter = {});

  bool running();
  /// Waits for all of them, prints a line for each, and expects whole sets and no error.
  void expect_whole(const Ledger& ledger);
  /// And that each has seen most of the credentials there were.
  void expect_promises(const Ledger& ledger);

 private:
  void expect(const Ledger& ledger, bool most);

  std::vector<Kind> kinds_;
  std::deque<Process> processes_;
};

}  // namespace ramrolefs::e2e
