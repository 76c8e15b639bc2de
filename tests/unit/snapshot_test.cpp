// SPDX-License-Identifier: Apache-2.0
#include "fusefs/snapshot.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {
namespace {

/// All that can be in one.
struct Values {
  std::uint64_t number = 7;
  SteadyTime time = kStart;
  double share = 0.75;
  bool flag = true;
  std::optional<SteadyTime> there = kStart;
  std::optional<SteadyTime> nothing;
  std::string text = "why";
  std::vector<int> many{1, 2, 3};

  bool operator==(const Values&) const = default;
};

void put(SnapshotWriter& writer, const Values& values) {
  writer.put(values.number);
  writer.put(values.time);
  writer.put(values.share);
  writer.put(values.flag);
  writer.put(values.there);
  writer.put(values.nothing);
  writer.put(std::string_view(values.text));
  writer.put_count(values.many.size());
  for (const int one : values.many) writer.put(one);
}

std::vector<std::byte> snapshot_of(const Values& values) {
  std::array<std::byte, 1000> memory{};
  SnapshotWriter writer(memory);
  put(writer, values);
  writer.seal();
  EXPECT_FALSE(writer.full());
  return {memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(writer.size())};
}

bool get(SnapshotReader& reader, Values& values) {
  values.many.clear();
  const auto get_one = [&] { return reader.get(values.many.emplace_back()); };
  return reader.get(values.number) && reader.get(values.time) && reader.get(values.share) &&
         reader.get(values.flag) && reader.get(values.there) && reader.get(values.nothing) &&
         reader.get(values.text) && reader.each(get_one) && reader.at_end();
}

TEST(Snapshot, IsReadAsItWasWritten) {
  const Values written{8, kStart + Duration(1), 0.5, false, kStart, std::nullopt, "", {9}};
  const auto snapshot = snapshot_of(written);
  SnapshotReader reader(snapshot);
  ASSERT_TRUE(reader.sealed());
  Values read;
  read.nothing = kStart;
  ASSERT_TRUE(get(reader, read));
  EXPECT_EQ(read, written);
}

TEST(Snapshot, ThatIsCutOffIsNoneWhereverThatIs) {
  const auto snapshot = snapshot_of({});
  for (std::size_t size = 0; size < snapshot.size(); ++size) {
    const auto part = std::span(snapshot).first(size);
    EXPECT_FALSE(SnapshotReader(part).sealed()) << size;
    SnapshotReader unsealed(part);
    Values values;
    EXPECT_FALSE(get(unsealed, values) && size + sizeof(std::uint64_t) < snapshot.size()) << size;
  }
}

TEST(Snapshot, WithABitThatIsWrongIsNone) {
  auto snapshot = snapshot_of({});
  for (std::byte& byte : snapshot) {
    byte ^= std::byte{0x10};
    EXPECT_FALSE(SnapshotReader(snapshot).sealed());
    byte ^= std::byte{0x10};
  }
  EXPECT_TRUE(SnapshotReader(snapshot).sealed());
}

TEST(Snapshot, OfNonsenseIsReadAsNonsenseOrNotAtAll) {
  // Its reader has to survive that: nobody promises that a sealed one makes sense.
  const auto snapshot = snapshot_of({});
  for (std::size_t at = 0; at < snapshot.size(); ++at) {
    auto nonsense = snapshot;
    nonsense[at] = std::byte{0xff};
    SnapshotReader reader(nonsense);
    Values values;
    get(reader, values);
  }
}

TEST(Snapshot, LeavesOutWhatDoesNotFitAndWritesNowhereElse) {
  for (std::size_t size = 0; size < 100; ++size) {
    std::array<std::byte, 200> memory{};
    const auto room = std::span(memory).first(size);
    SnapshotWriter writer(room);
    put(writer, {});
    writer.seal();
    const bool fits = size >= snapshot_of({}).size();
    EXPECT_EQ(writer.full(), !fits) << size;
    EXPECT_LE(writer.size(), size);
    for (std::size_t at = size; at < memory.size(); ++at) EXPECT_EQ(memory[at], std::byte{}) << at;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
