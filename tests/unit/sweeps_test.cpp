// SPDX-License-Identifier: Apache-2.0
// To which sweep the LOOKUPs of one process belong. Whose else belong to it is in
// sweeps_kin_test.cpp, when it gets too old in sweeps_age_test.cpp.
#include "fusefs/sweeps.h"

#include <gtest/gtest.h>

#include "tests/unit/sweeps_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

// The longest time that is no pause, and the longest pause that ends no sweep.
constexpr Duration kNoPause = Sweeps::kPause - 1ns;
constexpr Duration kLongest = kWindow - 1ns;

struct Row {
  const char* name;
  std::vector<Ask> asks;
  const char* begins;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(begins(row.asks), row.begins);
  }
}

TEST(Sweeps, APauseThenAccessKeyIdOrANameThatTheSetHasBeginsASweep) {
  check({
      {"AccessKeyId", {{0s, kA}, {0s, kB}, {100ms, kA}, {0s, kB}}, "1 1 3 3"},
      {"AccessKeyId, which the set lacks", {{0s, kC}, {0s, kB}, {100ms, kA}}, "1 1 3"},
      {"another name that the set has", {{0s, kC}, {0s, kB}, {100ms, kC}, {0s, kB}}, "1 1 3 3"},
      {"the last one: a poller of one name", {{0s, kB}, {100ms, kB}, {100ms, kB}}, "1 2 3"},
  });
}

TEST(Sweeps, WithoutAPauseANameThatTheSetHasBeginsASetOfTheSameSweep) {
  check({
      {"AccessKeyId", {{0s, kA}, {0s, kB}, {kNoPause, kA}, {0s, kB}}, "1 1 1 1"},
      {"another name", {{0s, kC}, {0s, kA}, {kNoPause, kC}}, "1 1 1"},
      {"the names of the set before no longer count",
       {{0s, kA}, {0s, kB}, {0s, kA}, {100ms, kB}},
       "1 1 1 1"},
      {"those of the new set do",
       {{0s, kA}, {0s, kB}, {0s, kA}, {0s, kB}, {100ms, kB}},
       "1 1 1 1 5"},
  });
}

TEST(Sweeps, AnotherNameBelongsToTheSetWhateverThePause) {
  check({
      {"at once", {{0s, kA}, {0s, kB}, {0s, kC}}, "1 1 1"},
      {"after pauses", {{0s, kA}, {kLongest, kB}, {kLongest, kC}}, "1 1 1"},
      {"AccessKeyId last, at once", {{0s, kC}, {0s, kB}, {kNoPause, kA}}, "1 1 1"},
  });
}

TEST(Sweeps, WhoPausesWithinASetThatHasAccessKeyIdBeginsTheNextWithItAlone) {
  check({
      {"the middle of a set came first: no border between AccessKeyId and the next name",
       {{0s, kC}, {100ms, kB}, {0s, kA}, {100ms, kC}, {100ms, kB}, {0s, kA}, {100ms, kC}},
       "1 1 1 1 1 1 1"},
      {"after a pause, it begins a sweep",
       {{0s, kA}, {100ms, kB}, {100ms, kB}, {100ms, kA}},
       "1 1 1 4"},
      {"a set without it", {{0s, kB}, {100ms, kC}, {100ms, kB}}, "1 1 3"},
  });
}

TEST(Sweeps, WhoTakesTheSetInOneGoAndStalledOnceBeginsWithAnyNameAgainTheSetAfterNext) {
  check({
      {"the set began with the pause before it",
       {{0s, kC}, {100ms, kB}, {0s, kA}, {100ms, kC}, {0s, kB}, {0s, kA}, {100ms, kC}},
       "1 1 1 1 1 1 7"},
  });
}

TEST(Sweeps, WhileThereIsNothingNewerTheFirstPauseEndsWhatMayBeTheMiddleOfASet) {
  Sweeps sweeps(kWindow);
  SteadyTime now = kStart;
  const auto lookup = [&](Duration pause, Place name, std::uint64_t newest) {
    return static_cast<int>(sweeps.lookup(loner(100), name, GenerationId{newest}, now += pause));
  };
  // A reader in the order BAC, of whose first set B came before the bookkeeping.
  lookup(0s, kA, 1);
  lookup(0s, kC, 1);
  for (const Place name : {kB, kA, kC}) lookup(name == kB ? 100ms : 0ms, name, 1);
  EXPECT_EQ(lookup(100ms, kB, 2), 2);
  // One that pauses after AccessKeyId, when there is something newer already.
  sweeps.end(GenerationId{2});
  EXPECT_EQ(lookup(0s, kA, 2), 2);
  EXPECT_EQ(lookup(100ms, kB, 3), 2);
  EXPECT_EQ(lookup(100ms, kC, 3), 2);
}

TEST(Sweeps, StatThenOpenBeginsNoSet) {
  check({
      {"each name twice",
       {{0s, kA}, {0s, kA}, {0s, kB}, {0s, kB}, {0s, kC}, {0s, kC}},
       "1 1 1 1 1 1"},
      {"the set goes on: a name of it is known after a pause",
       {{0s, kB}, {0s, kC}, {kNoPause, kC}, {100ms, kB}},
       "1 1 1 4"},
      {"the set goes on: a name that it lacks is not",
       {{0s, kA}, {0s, kA}, {100ms, kB}, {0s, kB}, {100ms, kC}},
       "1 1 1 1 1"},
  });
}

TEST(Sweeps, ASweepIsOverOneWindowAfterItsLastLookup) {
  check({
      {"the last moment", {{0s, kA}, {kLongest, kB}}, "1 1"},
      {"over", {{0s, kA}, {kWindow, kB}}, "1 2"},
      {"each LOOKUP keeps it", {{0s, kA}, {4s, kB}, {4s, kC}, {kWindow, Place{5}}}, "1 1 1 4"},
  });
}

}  // namespace
}  // namespace ramrolefs::unit
