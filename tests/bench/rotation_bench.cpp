// SPDX-License-Identifier: Apache-2.0
// What a rotation costs a thousand readers: how long the longest read of each takes while it
// happens, and what the metadata service sees of them.
// Usage: rotation_bench ROTATIONS [RESULTS]
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/crowd.h"
#include "tests/bench/figures.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kThousand = 1000;
constexpr auto kApart = 2s;  // from one due moment to the next

/// What some rotations, or none for as long, were like.
struct Outcome {
  std::vector<Seconds> longest;  // of each reader, each time
  int flights = 0;
  int requests = 0;
};

void watch(Crowd& crowd, const e2e::Emulator& emulator, bool rotate, Outcome& outcome) {
  const int flights = emulator.flights();
  const int requests = emulator.count("total");
  crowd.start_over();
  if (rotate) emulator.rotate();
  if (!rotate) std::this_thread::sleep_for(kApart);
  if (rotate && !e2e::eventually([&] { return crowd.all_have_seen(); })) {
    throw std::runtime_error("not all readers see a rotation");
  }
  const auto longest = crowd.longest();
  outcome.longest.insert(outcome.longest.end(), longest.begin(), longest.end());
  outcome.flights += emulator.flights() - flights;
  outcome.requests += emulator.count("total") - requests;
}

/// Processes that were started together and read without a pause between them get one credential
/// for up to ten read windows; here, that is over before the first rotation.
std::vector<std::string> options(bool rotate) {
  return {"--log-level=info", "--read-window=0.1",
          "--max-age=" + (rotate ? std::to_string(kApart.count()) : "86400")};
}

Outcome rotations(int times, const char* answer_takes, bool rotate) {
  const e2e::Emulator emulator;
  emulator.fault(std::string("kind=delay&seconds=") + answer_takes);
  const e2e::Mounted mount(emulator, options(rotate));
  Crowd crowd(kThousand, mount / "AccessKeyId");
  if (!e2e::eventually([&] { return crowd.all_have_seen(); })) {
    throw std::runtime_error("not all readers read");
  }
  Outcome outcome;
  for (int i = 0; i < times; ++i) watch(crowd, emulator, rotate, outcome);
  if (crowd.failed()) throw std::runtime_error("a read failed");
  return outcome;
}

std::string row(const char* words, int times, const Outcome& outcome) {
  const Figures figures = figures_of({outcome.longest, {}, false});
  return fmt::format("| {} | {} | {} | {} | {:.1f} | {:.1f} |\n", words, in_words(figures.median),
                     in_words(figures.ninetieth), in_words(figures.worst),
                     static_cast<double>(outcome.flights) / times,
                     static_cast<double>(outcome.requests) / times);
}

int run(int times, const char* results) {
  const Outcome none = rotations(times, "0", false);
  const Outcome quick = rotations(times, "0", true);
  const Outcome slow = rotations(times, "0.1", true);
  const std::string table =
      "| | median | nine in ten | worst | flights | requests |\n|---|---:|---:|---:|---:|---:|\n" +
      row("no rotation, for two seconds", times, none) +
      row("a rotation, a service that answers at once", times, quick) +
      row("a rotation, a service that takes 100 ms for each answer", times, slow);
  std::printf("%s", table.c_str());
  if (results != nullptr) std::ofstream(std::string(results) + "/rotation.md") << table;
  if (none.flights == 0 && quick.flights == times && slow.flights == times) return 0;
  std::fprintf(stderr, "a rotation must cost one flight, and none must cost none\n");
  return 1;
}

}  // namespace
}  // namespace ramrolefs::bench

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "Usage: rotation_bench ROTATIONS [RESULTS]\n");
    return 2;
  }
  try {
    return ramrolefs::bench::run(std::atoi(words[1]), count > 2 ? words[2] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rotation_bench: %s\n", error.what());
    return 1;
  }
}
