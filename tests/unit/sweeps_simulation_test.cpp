// SPDX-License-Identifier: Apache-2.0
// Kinds of readers across hundreds of rotations. Promised is one credential to who takes
// AccessKeyId first, or takes the set without pausing for 100 ms.
#include "tests/unit/sweeps_simulation.h"

#include <gtest/gtest.h>

#include "fusefs/sweeps.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

enum class Promise {
  whole,  // each set is of one generation
  // Not promised. Each change-over tears one set of each reader at most, as nobody goes back.
  none,
};

struct Kind {
  const char* name;
  Habit habit;
  Promise promise;
  int rotations = 100;  // fewer for the busy, which get round to as many sets
};

constexpr Promise kWhole = Promise::whole;
constexpr Promise kNone = Promise::none;

const std::vector<Kind> kKinds = {
    {"one thread", {Who::threads, 1, "ABC", {0s, 50ms}, {0s, 3s}}, kWhole},
    {"one thread, slow", {Who::threads, 1, "ABC", {0s, 1s}, {200ms, 3s}}, kWhole},
    {"one thread, busy: never a pause, but AccessKeyId first",
     {Who::threads, 1, "ABC", {0s, 10ms}, {0s, 90ms}},
     kWhole,
     20},
    {"order BAC", {Who::threads, 1, "BAC", {0s, 50ms}, {0s, 3s}}, kWhole},
    {"order CBA", {Who::threads, 1, "CBA", {0s, 50ms}, {0s, 3s}}, kWhole},
    {"order CBA, slow: begins with another name than AccessKeyId",
     {Who::threads, 1, "CBA", {0s, 1s}, {200ms, 3s}},
     kNone},
    {"B and C alone, slow: the same", {Who::threads, 1, "BC", {0s, 1s}, {200ms, 3s}}, kNone},
    {"stat, then open", {Who::threads, 1, "AABBCC", {0s, 20ms}, {100ms, 3s}}, kWhole},
    {"stat, then open, busy", {Who::threads, 1, "AABBCC", {0s, 10ms}, {0s, 20ms}}, kWhole, 50},
    {"AccessKeyId once more at the end",
     {Who::threads, 1, "ABCA", {0s, 20ms}, {100ms, 3s}},
     kWhole},
    {"AccessKeyId once more at the end, slow: which begins the next set",
     {Who::threads, 1, "ABCA", {0s, 800ms}, {100ms, 3s}},
     kNone},
    {"4 threads", {Who::threads, 4, "ABC", {0s, 10ms}, {0s, 2s}}, kWhole},
    {"4 slow threads: each pauses within its sets",
     {Who::threads, 4, "ABC", {0s, 500ms}, {0s, 3s}},
     kNone},
    {"16 busy threads: never a pause",
     {Who::threads, 16, "ABC", {0s, 10ms}, {0s, 200ms}},
     kNone,
     10},
    {"a pool", {Who::pools, 1, "ABC", {0s, 2ms}, {110ms, 2s}}, kWhole},
    {"3 pools in one process", {Who::pools, 3, "ABC", {0s, 2ms}, {0s, 1s}}, kWhole},
    {"a busy pool: never a pause", {Who::pools, 1, "ABC", {0s, 2ms}, {0s, 50ms}}, kNone, 20},
    {"a script", {Who::scripts, 1, "ABC", {0s, 1s}, {200ms, 3s}}, kWhole},
    {"a script with short pauses", {Who::scripts, 1, "ABC", {0s, 1s}, {0s, 300ms}}, kWhole},
    {"a script that pauses within its sets only",
     {Who::scripts, 1, "ABC", {100ms, 1s}, {0s, 50ms}},
     kWhole},
    {"a script that pauses within some sets, and never between: at one place, it can't be told from"
     " one that takes each set in one go",
     {Who::scripts, 1, "ABC", {0s, 1s}, {0s, 50ms}},
     kNone},
    {"a script with timeout and pipes",
     {Who::timeout_scripts, 1, "ABC", {0s, 1s}, {200ms, 3s}},
     kWhole},
    {"3 scripts in one session", {Who::scripts, 3, "ABC", {0s, 500ms}, {0s, 3s}}, kWhole},
    {"2 scripts with timeout and pipes in one session: as slow threads",
     {Who::timeout_scripts, 2, "ABC", {0s, 500ms}, {0s, 3s}},
     kNone},
    {"a poller of one name", {Who::threads, 1, "B", {}, {0s, 3s}}, kWhole},
    {"a busy poller of one name", {Who::threads, 1, "B", {}, {0s, 90ms}}, kWhole, 20},
};

class SweepsSimulation : public testing::TestWithParam<unsigned> {};

TEST_P(SweepsSimulation, TearsNoSetThatIsPromisedAndHoldsNobodyBeyondTenWindows) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    Simulation simulation(kind.habit, GetParam());
    const Seen seen = simulation.run(kind.rotations);
    EXPECT_GT(seen.sets, 2000);
    const bool whole = kind.promise == Promise::whole;
    EXPECT_LE(seen.torn, whole ? 0 : kind.habit.readers * kind.rotations);
    EXPECT_LT(seen.held, Sweeps::kMostWindows * Simulation::kWindow);
    simulation.clean_up();
    EXPECT_EQ(simulation.sweeps().size(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SweepsSimulation, testing::Range(1U, 6U));

}  // namespace
}  // namespace ramrolefs::unit
