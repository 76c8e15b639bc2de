// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation.h"

#include <gtest/gtest.h>

#include <tuple>

#include "tests/unit/credentials.h"
#include "tests/unit/planted.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr GenerationMemory::Slot kSlot{3};

std::pair<long, long> as_pair(const timespec& time) {
  return {time.tv_sec, time.tv_nsec};
}

TEST(Generation, HoldsEachFileAsRendered) {
  const Credential credential = make_credential();
  const Planted planted;
  for (const bool newline : {false, true}) {
    MountMemory memory;
    const Generation generation(memory.generations, kSlot, planted.tree, credential,
                                {GenerationId{1}, {}, 1, "a-region", "/mount", nullptr});
    for (const ServedFile& file : kServedFiles) {
      const Secret expected = file.render({credential, "a-region", "/mount"});
      EXPECT_EQ(generation.bytes(file, newline),
                std::string(expected.expose()) + (newline ? "\n" : ""))
          << file.name;
    }
  }
}

TEST(Generation, NeverChangesItsBytes) {
  Credential credential = make_credential(1);
  MountMemory memory;
  const Planted planted;
  const Generation generation(memory.generations, kSlot, planted.tree, credential,
                              {GenerationId{5}, {7, 5}, 1, {}, {}, nullptr});
  const std::string_view before = generation.bytes(kServedFiles[0]);
  credential = make_credential(2);
  EXPECT_EQ(generation.bytes(kServedFiles[0]), "STS.id-1");
  EXPECT_EQ(generation.bytes(kServedFiles[0]).data(), before.data());
  EXPECT_EQ(generation.id(), GenerationId{5});
  EXPECT_EQ(as_pair(generation.mtime(kServedFiles[0])), std::pair(7L, 5L));
}

TEST(Mtime, IsLastUpdatedButNeverBeforeThePredecessorsWithTheGenerationInItsNanoseconds) {
  struct Row {
    const char* name;
    std::uint64_t id;
    long last_updated;
    timespec before;
    std::pair<long, long> mtime;
  };
  constexpr Row kRows[] = {
      {"the first", 1, 1000, {0, 0}, {1000, 1}},
      {"a later one", 2, 2000, {1000, 1}, {2000, 2}},
      {"of the same second", 2, 1000, {1000, 1}, {1000, 2}},
      {"LastUpdated went back", 3, 500, {1000, 2}, {1000, 3}},
      {"LastUpdated before 1970", 1, -5, {0, 0}, {0, 1}},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::chrono::sys_seconds last_updated{std::chrono::seconds(row.last_updated)};
    EXPECT_EQ(as_pair(mtime_of(GenerationId{row.id}, last_updated, row.before)), row.mtime);
  }
}

TEST(Mtime, GrowsFromGenerationToGenerationWhateverLastUpdatedDoes) {
  timespec before{};
  constexpr std::chrono::seconds kSteps[] = {1000s, 1000s, 0s, 999s, 5000s, -1s, 5000s, 5001s};
  std::uint64_t id = 0;
  for (const auto step : kSteps) {
    const timespec mtime = mtime_of(GenerationId{++id}, std::chrono::sys_seconds(step), before);
    EXPECT_GT(as_pair(mtime), as_pair(before)) << "generation " << id;
    before = mtime;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
