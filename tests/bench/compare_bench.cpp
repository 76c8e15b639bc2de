// SPDX-License-Identifier: Apache-2.0
// What a read costs, side by side: a file, ramrolefs, other FUSE filesystems, and asking the
// metadata service oneself. Runs where 100.100.100.200 is this machine's own, since the SDK asks
// nobody else: see scripts/bench.
// Usage: compare_bench ROUNDS MILLISECONDS TOOLS RESULTS
// For each subject and round, MILLISECONDS (for slow subjects more). TOOLS: filled by
// tests/bench/tools. RESULTS: a directory, for tests/bench/report.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>

#include "tests/bench/comparison.h"
#include "tests/e2e/emulator.h"

namespace ramrolefs::bench {
namespace {

int compare(int rounds, Seconds length, const std::string& tools, const std::string& results) {
  const e2e::Emulator emulator(
      {"--hardened", std::string("--listen=") + kServiceAddress, "--port=80"});
  Comparison comparison(make_subjects(emulator, tools));
  comparison.run(rounds, length);
  std::printf("%s", comparison.times().c_str());
  std::ofstream(results + "/times.md") << comparison.times();
  std::ofstream(results + "/tails.md") << comparison.tails();
  std::ofstream(results + "/rates.md") << comparison.rates();
  std::ofstream(results + "/medians.md") << comparison.medians();
  std::ofstream(results + "/points.tsv") << comparison.points();
  return comparison.failed() ? 1 : 0;
}

}  // namespace
}  // namespace ramrolefs::bench

int main(int count, char** words) {
  if (count != 5) {
    std::fprintf(stderr, "Usage: compare_bench ROUNDS MILLISECONDS TOOLS RESULTS\n");
    return 2;
  }
  try {
    return ramrolefs::bench::compare(
        std::atoi(words[1]), std::chrono::milliseconds(std::atoi(words[2])), words[3], words[4]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_bench: %s\n", error.what());
    return 1;
  }
}
