// SPDX-License-Identifier: Apache-2.0
// What a rotation costs with and without somebody who watches the directory, while a process reads
// and while none does.
// Usage: watcher_bench ROTATIONS [RESULTS]
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/watcher.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFile = "AccessKeyId";
constexpr auto kRound = 1500ms;  // longer than the mount's --max-age: it falls due once
constexpr auto kPause = 200ms;   // between two reads

/// A mount with or without a watcher, and what its rotations cost.
class Stage {
 public:
  explicit Stage(bool watched) : mount_(emulator_, options()) {
    if (watched) watcher_.emplace(mount_.path());
    if (watched && !watcher_->watches()) throw std::runtime_error("can't watch the directory");
  }

  struct Cost {
    std::vector<Seconds> longest;  // read, of each round
    int requests = 0;              // that reached the daemon
    int asked = 0;                 // of the metadata service
    int events = 0;                // that the watcher saw
  };

  void rotate(bool reading) {
    if (mount_.read(kFile).error != 0) throw std::runtime_error("a read failed");
    Cost& cost = reading ? reading_ : idle_;
    if (watcher_) watcher_->take_events();
    const int requests = mount_.logged(" by ");
    const int asked = emulator_.count("total");
    emulator_.rotate();
    if (reading) cost.longest.push_back(read_for_a_round());
    if (!reading) std::this_thread::sleep_for(kRound);
    cost.requests += mount_.logged(" by ") - requests;
    cost.asked += emulator_.count("total") - asked;
    if (watcher_) cost.events += watcher_->take_events();
  }

  const Cost& cost(bool reading) const { return reading ? reading_ : idle_; }
  bool watched() const { return watcher_.has_value(); }

 private:
  /// Due every second; with no read window to wait for before a watcher is told.
  static std::vector<std::string> options() { return {"--max-age=1", "--read-window=0"}; }

  /// The longest read.
  Seconds read_for_a_round() const {
    Seconds longest{};
    const auto end = std::chrono::steady_clock::now() + kRound;
    while (std::chrono::steady_clock::now() < end) {
      longest = std::max(longest, Seconds(mount_.read(kFile).took));
      std::this_thread::sleep_for(kPause);
    }
    return longest;
  }

  e2e::Emulator emulator_;
  e2e::Mounted mount_;
  std::optional<Watcher> watcher_;
  Cost reading_;
  Cost idle_;
};

std::string row(const Stage& stage, bool reading, int rotations) {
  const Stage::Cost& cost = stage.cost(reading);
  const std::string longest = reading ? in_words(figures_of({cost.longest, {}, false}).median) : "";
  return fmt::format("| {}, {} | {:.1f} | {:.1f} | {} | {:.1f} |\n",
                     reading ? "one process reads" : "nobody reads",
                     stage.watched() ? "one watches" : "nobody watches",
                     static_cast<double>(cost.requests) / rotations,
                     static_cast<double>(cost.asked) / rotations, longest,
                     static_cast<double>(cost.events) / rotations);
}

int run(int rotations, const char* results) {
  Stage alone(false);
  Stage watched(true);
  for (int i = 0; i < rotations; ++i) {
    for (const bool reading : {true, false}) {
      alone.rotate(reading);
      watched.rotate(reading);
    }
  }
  std::string table =
      "| | requests to ramrolefs | to the metadata service | longest read | events |\n"
      "|---|---:|---:|---:|---:|\n";
  for (const bool reading : {true, false}) {
    for (const Stage* stage : {&alone, &watched}) table += row(*stage, reading, rotations);
  }
  std::printf("%s", table.c_str());
  if (results != nullptr) std::ofstream(std::string(results) + "/watcher.md") << table;
  return 0;
}

}  // namespace
}  // namespace ramrolefs::bench

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "Usage: watcher_bench ROTATIONS [RESULTS]\n");
    return 2;
  }
  try {
    return ramrolefs::bench::run(std::atoi(words[1]), count > 2 ? words[2] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "watcher_bench: %s\n", error.what());
    return 1;
  }
}
