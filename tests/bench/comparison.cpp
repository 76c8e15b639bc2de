// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <utility>

namespace ramrolefs::bench {
namespace {

std::string rate_in_words(const std::vector<Figures>& rounds) {
  const auto [slowest, fastest] =
      std::minmax_element(rounds.begin(), rounds.end(),
                          [](const auto& one, const auto& other) { return one.rate < other.rate; });
  return fmt::format("{} ({}–{})", in_words(median_of(rounds).rate), in_words(slowest->rate),
                     in_words(fastest->rate));
}

/// Without Markdown.
std::string plain(std::string text) {
  std::erase(text, '`');
  return text;
}

}  // namespace

Comparison::Comparison(std::vector<std::unique_ptr<Subject>> subjects) {
  for (auto& subject : subjects) rows_.push_back({std::move(subject), {}});
}

void Comparison::run(int rounds, Seconds length) {
  std::vector<std::pair<Row*, std::size_t>> turns;
  for (Row& row : rows_) {
    for (std::size_t i = 0; i < kReaders.size(); ++i) turns.emplace_back(&row, i);
  }
  std::minstd_rand random;
  for (int round = 1; round <= rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round, rounds);
    std::shuffle(turns.begin(), turns.end(), random);
    for (const auto& [row, i] : turns) {
      const Slice slice = row->subject->measure(kReaders[i], length * row->subject->patience());
      if (slice.failed) std::fprintf(stderr, "failed: %s\n", row->subject->name().c_str());
      failed_ |= slice.failed;
      if (!slice.times.empty()) row->rounds[i].push_back(figures_of(slice));
    }
  }
}

template <typename Cell>
std::string Comparison::table(Cell cell) const {
  std::string text = "| |";
  for (const int readers : kReaders) {
    text += fmt::format(" {} reader{} |", readers, readers == 1 ? "" : "s");
  }
  text += "\n|---|---:|---:|---:|\n";
  for (const Row& row : rows_) {
    text += "| " + row.subject->name() + " |";
    for (const auto& rounds : row.rounds) text += rounds.empty() ? " |" : " " + cell(rounds) + " |";
    text += "\n";
  }
  return text;
}

std::string Comparison::times() const {
  return table([](const std::vector<Figures>& rounds) {
    const Figures all = median_of(rounds);
    return fmt::format("{} ({})", in_words(all.median), in_words(all.tenth, all.ninetieth));
  });
}

std::string Comparison::tails() const {
  return table([](const auto& rounds) { return in_words(median_of(rounds).last_hundredth); });
}

std::string Comparison::rates() const {
  return table(rate_in_words);
}

std::string Comparison::medians() const {
  return table([](const auto& rounds) { return in_words(median_of(rounds).median); });
}

std::string Comparison::points() const {
  std::string text;
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < kReaders.size(); ++i) {
      if (row.rounds[i].empty()) continue;
      const Figures all = median_of(row.rounds[i]);
      text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", &row - rows_.data(), kReaders[i],
                          all.tenth.count(), all.median.count(), all.ninetieth.count(),
                          plain(row.subject->name()));
    }
  }
  return text;
}

}  // namespace ramrolefs::bench
