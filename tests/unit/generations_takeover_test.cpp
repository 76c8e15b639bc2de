// SPDX-License-Identifier: Apache-2.0
// Generations that the process which made them does not outlive.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "fusefs/generations.h"
#include "tests/unit/credentials.h"
#include "tests/unit/mortal.h"
#include "tests/unit/planted.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kEnd = kStart + 6h;

/// Processes, one after another, with the memory that outlives them.
struct Takeover {
  MountMemory memory;
  const Planted without;
  const Planted with{with_newline(true)};
  bool ends_lines = false;
  Generations generations = fresh();

  Generations fresh(bool newline = false) {
    ends_lines = newline;
    const Planted& planted = newline ? with : without;
    return {memory.generations, memory.counter, planted.tree, "/mount", 1min};
  }
  std::vector<std::byte> saved() const {
    std::array<std::byte, 16'384> image{};
    SnapshotWriter writer(image);
    generations.save(writer);
    EXPECT_FALSE(writer.full());
    return {image.begin(), image.begin() + static_cast<std::ptrdiff_t>(writer.size())};
  }
  /// The next process.
  bool take_over(const std::vector<std::byte>& snapshot, bool newline = false) {
    generations = fresh(newline);
    SnapshotReader reader(snapshot);
    return generations.restore(reader);
  }
  bool take_over(bool newline = false) { return take_over(saved(), newline); }
  /// One that can't read the snapshot.
  void take_over_without() {
    generations = fresh();
    generations.start_over();
  }

  void publish(int number, SteadyTime end = kEnd) {
    generations.publish(make_credential(number), end, kStart);
  }
  std::string current(const char* name = "AccessKeyId") const {
    const Generation* generation = generations.current(kStart);
    if (generation == nullptr) return "nothing";
    return std::string(generation->bytes(*find_served_file(name), ends_lines));
  }
  bool has(std::uint64_t id) const { return generations.find(GenerationId{id}, kStart) != nullptr; }
  std::byte* slot_of(std::uint64_t id) const {
    const auto slot = generations.find(GenerationId{id}, kStart)->slot();
    return memory.bytes.bytes().data() + GenerationMemory::offset(slot);
  }
  /// Whether that is anywhere in the memory.
  bool holds(std::string_view text) const {
    constexpr std::size_t kLookedAt = 16'384;
    for (std::uint32_t i = 0; i < memory.generations.slots(); ++i) {
      const auto at = GenerationMemory::offset(GenerationMemory::Slot{i});
      const auto bytes = memory.bytes.bytes().subspan(at, kLookedAt);
      // A page that is not there holds nothing, and to look at it would take one.
      std::array<unsigned char, kLookedAt / 4096> present{};
      EXPECT_EQ(mincore(bytes.data(), bytes.size(), present.data()), 0);
      if (std::none_of(present.begin(), present.end(), [](int page) { return (page & 1) != 0; })) {
        continue;
      }
      const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      if (all.find(text) != std::string_view::npos) return true;
    }
    return false;
  }
};

TEST(GenerationsTakeover, AllIsThereAsItWas) {
  Takeover story;
  story.publish(1);
  story.publish(2);
  story.generations.hold(*story.generations.find(GenerationId{1}, kStart));
  const auto mtime = story.generations.current(kStart)->mtime(kServedFiles[0]).tv_nsec;
  ASSERT_TRUE(story.take_over());
  EXPECT_EQ(story.current(), "STS.id-2");
  EXPECT_EQ(story.current("SecurityToken"), "token-2");
  EXPECT_EQ(story.generations.current(kStart)->role(), "a-role");
  EXPECT_EQ(story.generations.current(kStart)->mtime(kServedFiles[0]).tv_nsec, mtime);
  EXPECT_EQ(story.generations.next(), GenerationId{3});
  EXPECT_EQ(story.generations.follows_at(*story.generations.find(GenerationId{1}, kStart)),
            kStart + 1min);
  EXPECT_EQ(story.generations.next_drop(), kEnd) << "it is held";
  EXPECT_FALSE(story.generations.publish(make_credential(2), kEnd, kStart)) << "in hand";
  const ServedFile& role = *find_served_file(kRoleName);
  EXPECT_EQ(story.generations.current(kStart)->origin(role), GenerationId{1});
  EXPECT_FALSE(story.generations.lost());
}

TEST(GenerationsTakeover, ByteThatIsWrongLeavesOutItsGenerationAlone) {
  Takeover whole;
  whole.publish(1);
  constexpr GenerationMemory::Slot kSlot{0};
  constexpr std::size_t kBegin = GenerationMemory::offset(kSlot);
  const auto size = whole.memory.generations.bytes(kSlot).size();
  for (std::size_t at = 0; at < size; ++at) {
    Takeover story;
    story.publish(1);
    story.publish(2);
    story.memory.bytes.bytes()[kBegin + at] ^= std::byte{1};
    ASSERT_TRUE(story.take_over());
    ASSERT_FALSE(story.has(1)) << at;
    ASSERT_TRUE(story.has(2)) << at;
    ASSERT_FALSE(story.holds("secret-1")) << at;
  }
}

TEST(GenerationsTakeover, WhereTheNewestIsNotWholeThereIsNoneInHand) {
  Takeover story;
  story.publish(1);
  story.publish(2);
  story.slot_of(2)[400] ^= std::byte{1};
  ASSERT_TRUE(story.take_over());
  EXPECT_EQ(story.current(), "nothing");
  EXPECT_TRUE(story.has(1));
  ASSERT_TRUE(story.generations.lost());
  EXPECT_EQ(story.generations.lost()->id, GenerationId{2});
  story.publish(2);
  EXPECT_TRUE(story.has(2)) << "it is back";
  EXPECT_EQ(story.generations.next(), GenerationId{3});
}

TEST(GenerationsTakeover, WhatWasMadeButNeverSavedIsNotThereAndItsNumberIsGivenAgain) {
  Takeover story;
  story.publish(1);
  const auto saved = story.saved();
  story.publish(2);
  ASSERT_TRUE(story.take_over(saved));
  EXPECT_EQ(story.current(), "STS.id-1");
  EXPECT_FALSE(story.holds("secret-2"));
  EXPECT_FALSE(story.generations.lost());
  story.publish(3);
  EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{2});
}

TEST(GenerationsTakeover, WhatWasDroppedButNotSavedStaysGone) {
  Takeover story;
  story.publish(1, kStart + 1s);
  story.publish(2);
  const auto saved = story.saved();
  story.generations.drop(kStart + 1s);
  story.publish(3);  // where the first one was
  ASSERT_TRUE(story.take_over(saved));
  EXPECT_FALSE(story.has(1));
  EXPECT_EQ(story.current(), "STS.id-2");
  EXPECT_FALSE(story.holds("secret-3"));
}

TEST(GenerationsTakeover, ACounterThatNobodyCanReadTheRestOfNeverGoesBack) {
  Takeover story;
  for (int i = 1; i <= 5; ++i) story.publish(i);
  const auto mtime = story.memory.counter.last_mtime();
  story.take_over_without();
  EXPECT_EQ(story.current(), "nothing");
  EXPECT_FALSE(story.holds("secret-"));
  EXPECT_EQ(story.generations.next(), GenerationId{6});
  Credential older = make_credential(6);
  older.last_updated -= 1h;
  story.generations.publish(older, kEnd, kStart);
  EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{6});
  EXPECT_GE(story.generations.current(kStart)->mtime(kServedFiles[0]).tv_sec, mtime.tv_sec);
}

TEST(GenerationsTakeover, TheSameCredentialGetsTheNumberAndTheTimeStampThatItHad) {
  Takeover story;
  story.publish(1);
  story.publish(2);
  const auto before = story.memory.counter.last_mtime();
  story.take_over_without();
  ASSERT_TRUE(story.generations.lost());
  EXPECT_EQ(story.generations.regained(kStart), nullptr);
  Credential again = make_credential(2);
  again.last_updated += 1h;  // of the fetch, where the service does not say
  EXPECT_TRUE(story.generations.publish(again, kEnd, kStart));
  const Generation* generation = story.generations.current(kStart);
  EXPECT_EQ(generation->id(), GenerationId{2});
  EXPECT_EQ(generation->mtime(kServedFiles[0]).tv_sec, before.tv_sec);
  EXPECT_EQ(generation->mtime(kServedFiles[0]).tv_nsec, before.tv_nsec);
  EXPECT_EQ(story.generations.regained(kStart), generation);
  EXPECT_FALSE(story.generations.lost());
  EXPECT_EQ(story.generations.next(), GenerationId{3});
  story.publish(3);
  EXPECT_EQ(story.generations.regained(kStart), nullptr);
  EXPECT_TRUE(story.has(2));
}

TEST(GenerationsTakeover, WhateverDiffersGetsANumberOfItsOwn) {
  for (const auto& change : kChanges) {
    Takeover story;
    story.publish(1);
    story.take_over_without();
    Credential changed = make_credential(1);
    change(changed);
    story.generations.publish(changed, kEnd, kStart);
    EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{2});
    EXPECT_FALSE(story.generations.lost());
  }
}

TEST(GenerationsTakeover, AFileThatEndsOtherwiseIsAnotherFile) {
  Takeover story;
  story.publish(1);
  story.generations = story.fresh(/*newline=*/true);
  story.generations.start_over();
  story.publish(1);
  EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{2});
}

TEST(GenerationsTakeover, WhatHasExpiredDoesNotComeBack) {
  Takeover story;
  story.publish(1, kStart + 1s);
  story.generations.drop(kStart + 1s);
  story.take_over_without();
  EXPECT_FALSE(story.generations.lost());
  EXPECT_EQ(story.generations.next(), GenerationId{2});
}

TEST(GenerationsTakeover, TheOneInHandIsRenderedAnewIfItsFilesAreToEndOtherwise) {
  Takeover story;
  story.publish(1);
  EXPECT_FALSE(story.generations.render_anew(kStart));
  for (const bool newline : {true, false}) {
    ASSERT_TRUE(story.take_over(newline));
    EXPECT_TRUE(story.generations.render_anew(kStart));
    EXPECT_FALSE(story.generations.render_anew(kStart)) << "once";
    EXPECT_EQ(story.current(), newline ? "STS.id-1\n" : "STS.id-1");
    EXPECT_EQ(story.current("RoleName"), newline ? "a-role\n" : "a-role");
    EXPECT_FALSE(story.generations.publish(make_credential(1), kEnd, kStart)) << "in hand";
  }
  EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{3});
  EXPECT_EQ(story.generations.expires_at(*story.generations.current(kStart)), kEnd);
}

TEST(GenerationsTakeover, WhatNobodyIsGivenIsNowhereInTheMemory) {
  Takeover story;
  for (int i = 1; i <= 100; ++i) story.publish(i);
  EXPECT_FALSE(story.holds("secret-36"));
  EXPECT_TRUE(story.holds("secret-37")) << "the oldest of those that are kept";
  story.generations.drop(kStart + 1min + Generations::kLinger);
  EXPECT_FALSE(story.holds("secret-37"));
  EXPECT_TRUE(story.holds("secret-100"));
  story.generations.wipe();
  EXPECT_FALSE(story.holds("secret-"));
  story.take_over_without();
  EXPECT_FALSE(story.generations.lost());
}

TEST(GenerationsTakeover, TheEndOfAProcessWipesNothing) {
  Takeover story;
  story.publish(1);
  const auto saved = story.saved();
  story.generations = story.fresh();
  EXPECT_TRUE(story.holds("secret-1"));
  ASSERT_TRUE(story.take_over(saved));
  EXPECT_EQ(story.current(), "STS.id-1");
}

TEST(GenerationsTakeover, ACredentialThatDoesNotFitChangesNothing) {
  Takeover story;
  story.publish(1);
  Credential huge = make_credential(2);
  huge.security_token = Secret(std::string(GenerationMemory::kSlotSize, 'x'));
  EXPECT_THROW(story.generations.publish(huge, kEnd, kStart), std::bad_alloc);
  EXPECT_EQ(story.current(), "STS.id-1");
  EXPECT_FALSE(story.holds("secret-2"));
  story.publish(3);
  EXPECT_EQ(story.generations.current(kStart)->id(), GenerationId{2});
}

}  // namespace
}  // namespace ramrolefs::unit
