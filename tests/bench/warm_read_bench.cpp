// SPDX-License-Identifier: Apache-2.0
// A warm open+fstat+read+close of a value on ramrolefs, the same with --audit, and of a file of the
// same size on tmpfs, in turns within one run, so that what the machine does meanwhile falls on
// all.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/slice.h"
#include "tests/bench/tmpfs.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {
namespace {

constexpr const char* kFile = "AccessKeyId";

// A read that reaches the program costs ten times one of tmpfs and more.
constexpr double kWithUs = 4;

void add(const std::string& name, const std::string& path) {
  benchmark::RegisterBenchmark(name.c_str(), [path](benchmark::State& state) {
    for ([[maybe_unused]] auto turn : state) {
      if (!read_whole(path.c_str())) state.SkipWithError("can't read");
    }
  });
}

/// Collects the time of each repetition, and prints what people want to see.
class Table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) failed_ = true;
      if (run.run_type == Run::RT_Iteration) {
        times_[run.run_name.function_name].push_back(run.GetAdjustedRealTime() / 1000);
      }
    }
  }

  void print() {
    std::printf("%-12s %10s %10s %10s\n", "", "median", "fastest", "slowest");
    for (auto& [name, times] : times_) {
      std::sort(times.begin(), times.end());
      std::printf("%-12s %7.2f us %7.2f us %7.2f us\n", name.c_str(), median(name), times.front(),
                  times.back());
    }
    std::printf("ratio of the medians: %.2f (target: 1.40)\n",
                median("ramrolefs") / median("tmpfs"));
    std::printf("with --audit: %.1f times ramrolefs without\n",
                median("audited") / median("ramrolefs"));
  }

  /// Whether a benchmark could not run, or the kernel cannot have answered alone.
  bool failed() { return failed_ || median("ramrolefs") > kWithUs * median("tmpfs"); }

 private:
  double median(const std::string& name) { return times_[name][times_[name].size() / 2]; }

  std::map<std::string, std::vector<double>> times_;
  bool failed_ = false;
};

int compare() {
  const e2e::Emulator emulator;
  const e2e::Mounted mount(emulator, {"--log-level=info"});
  const Tmpfs tmpfs(kFile, mount.read(kFile).text);
  add("tmpfs", tmpfs / kFile);
  add("ramrolefs", mount / kFile);
  const e2e::Mounted audited(emulator, {"--log-level=info", "--audit"});
  add("audited", audited / kFile);
  Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  table.print();
  return table.failed() ? 1 : 0;
}

}  // namespace
}  // namespace ramrolefs::bench

int main(int count, char** words) {
  benchmark::Initialize(&count, words);
  return ramrolefs::bench::compare();
}
