// SPDX-License-Identifier: Apache-2.0
// How those that never stop reading get the newest nevertheless.
#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/sweeps_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

/// When a reader that never pauses, and has the old generation at first, gets the new one, and for
/// which name of its set.
std::pair<Duration, std::size_t> change_of(const std::vector<Place>& set, Duration gap) {
  Sweeps sweeps(kWindow);
  constexpr GenerationId kOld{1};
  sweeps.lookup(loner(100), set[0], kOld, kStart);
  Duration time = gap;
  for (std::size_t i = 1; time < 2 * Sweeps::kMostWindows * kWindow; i = (i + 1) % set.size()) {
    if (sweeps.lookup(loner(100), set[i % set.size()], GenerationId{2}, kStart + time) != kOld) {
      return {time, i % set.size()};
    }
    time += gap;
  }
  return {time, 0};
}

TEST(Sweeps, AnEndlessReaderGetsTheNewestAtTheSetThatBeginsInTheTenthWindow) {
  struct Endless {
    const char* name;
    std::vector<Place> set;
    Duration gap;
    Duration change;
    std::size_t name_of_set = 0;
  };
  const std::vector<Endless> rows = {
      {"a set begins as the tenth window does", {kA, kB, kC}, 50ms, 45s},
      {"the first that begins in it", {kA, kB, kC}, 70ms, 45150ms},
      {"the middle of a set came first", {kB, kC, kA}, 70ms, 45080ms, 2},
      {"stat, then open", {kA, kA, kB, kB}, 70ms, 45080ms},
      {"stat, then open: the window begins between the two", {kA, kA, kB, kB}, 30ms, 45s},
      {"a set without AccessKeyId", {kC, kB}, 70ms, 45080ms},
      {"one name alone", {kB}, 70ms, 45010ms},
      {"one name alone, AccessKeyId", {kA}, 90ms, 45s},
  };
  for (const Endless& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [change, name] = change_of(row.set, row.gap);
    EXPECT_EQ(change, row.change);
    EXPECT_EQ(name, row.name_of_set);
  }
}

TEST(Sweeps, NobodyGoesOnBeyondTenWindows) {
  // Never the same name, so that no set ever starts over.
  std::vector<Ask> asks = {{0s, kA}};
  for (std::uint8_t i = 1; i <= 12; ++i) asks.push_back({4s, Place(10 + i)});
  asks.push_back({2s - 1ns, Place{30}});
  EXPECT_EQ(begins(asks), "1 1 1 1 1 1 1 1 1 1 1 1 1 1") << "the last moment";
  asks.push_back({1ns, Place{31}});
  EXPECT_TRUE(begins(asks).ends_with(" 15")) << "the tenth window's end";
}

}  // namespace
}  // namespace ramrolefs::unit
