// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/subjects.h"

namespace ramrolefs::bench {

/// How many read at once.
constexpr std::array kReaders{1, 8, 64};

/// Measures all subjects in rounds, each for a short time in each of them and in a new order, so
/// that what the machine does meanwhile falls on all alike; and tells people.
class Comparison {
 public:
  explicit Comparison(std::vector<std::unique_ptr<Subject>> subjects);

  void run(int rounds, Seconds length);

  /// Whether a read failed.
  bool failed() const { return failed_; }

  /// Markdown: a row a subject, a column a number of readers.
  std::string times() const;    // median of a read, and where eight in ten are
  std::string tails() const;    // the slowest hundredth
  std::string rates() const;    // reads per second, and the slowest and fastest round
  std::string medians() const;  // the median alone

  /// For gnuplot: a line a subject and number of readers.
  std::string points() const;

 private:
  struct Row {
    std::unique_ptr<Subject> subject;
    std::array<std::vector<Figures>, kReaders.size()> rounds;
  };

  template <typename Cell>
  std::string table(Cell cell) const;

  std::vector<Row> rows_;
  bool failed_ = false;
};

}  // namespace ramrolefs::bench
