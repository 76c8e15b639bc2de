// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generations.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/credentials.h"
#include "tests/unit/planted.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kEnd = kStart + 6h;
constexpr Duration kFollowAfter = 1min;

const ServedFile& the_id() {
  return *find_served_file("AccessKeyId");
}
const ServedFile& the_role() {
  return *find_served_file("RoleName");
}

std::string id_in(const Generation& generation) {
  return std::string(generation.bytes(the_id(), generation.ends_lines(kRootView)));
}

TEST(Generations, BeginWithNone) {
  MountMemory memory;
  const Planted planted;
  const Generations generations(memory.generations, memory.counter, planted.tree, "/mount",
                                kFollowAfter);
  EXPECT_EQ(generations.current(kStart), nullptr);
  EXPECT_EQ(generations.find(GenerationId{0}, kStart), nullptr);
  EXPECT_EQ(generations.find(GenerationId{1}, kStart), nullptr);
  EXPECT_EQ(generations.next(), GenerationId{1});
}

TEST(Generations, ANewCredentialBecomesTheCurrentOneAndTheOldOneIsStillFound) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  EXPECT_TRUE(generations.publish(make_credential(1), kEnd, kStart));
  EXPECT_TRUE(generations.publish(make_credential(2), kEnd, kStart));
  ASSERT_NE(generations.current(kStart), nullptr);
  EXPECT_EQ(generations.current(kStart)->id(), GenerationId{2});
  EXPECT_EQ(id_in(*generations.current(kStart)), "STS.id-2");
  ASSERT_NE(generations.find(GenerationId{1}, kStart), nullptr);
  EXPECT_EQ(id_in(*generations.find(GenerationId{1}, kStart)), "STS.id-1");
  EXPECT_EQ(generations.next(), GenerationId{3});
  EXPECT_EQ(generations.find(generations.next(), kStart), nullptr);
}

TEST(Generations, TheCredentialInHandMakesNoNewOne) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(), kEnd, kStart);
  const Generation* first = generations.current(kStart);
  const timespec mtime = first->mtime(the_id());

  Credential again = make_credential();
  again.last_updated += 1h;  // of the fetch, where the service does not say
  EXPECT_FALSE(generations.publish(again, kEnd + 1s, kStart));
  EXPECT_EQ(generations.current(kStart), first);
  EXPECT_EQ(first->mtime(the_id()).tv_sec, mtime.tv_sec);
  EXPECT_EQ(generations.next(), GenerationId{2});
  EXPECT_EQ(generations.expires_at(*first), kEnd + 1s) << "the newer answer knows better";
}

TEST(Generations, WhateverDiffersMakesANewOne) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(), kEnd, kStart);
  for (const auto& change : kChanges) {
    Credential changed = make_credential();
    change(changed);
    EXPECT_TRUE(generations.publish(changed, kEnd, kStart));
    EXPECT_TRUE(generations.publish(make_credential(), kEnd, kStart))
        << "back again: another rotation";
  }
}

TEST(Generations, AnExpiredOneIsNeverGiven) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(1), kStart + 10s, kStart);
  generations.publish(make_credential(2), kStart + 20s, kStart);

  const auto given = [&](Duration at) {
    std::set<int> found;
    for (const int id : {1, 2}) {
      const auto which = GenerationId{static_cast<std::uint64_t>(id)};
      if (generations.find(which, kStart + at) != nullptr) found.insert(id);
    }
    return found;
  };
  EXPECT_EQ(given(10s - 1ns), (std::set{1, 2}));
  EXPECT_EQ(given(10s), (std::set{2}));
  EXPECT_NE(generations.current(kStart + 20s - 1ns), nullptr);
  EXPECT_EQ(given(20s), (std::set<int>{}));
  EXPECT_EQ(generations.current(kStart + 20s), nullptr);
}

TEST(Generations, TheCurrentOneExpiresThoughAnOlderOneDoesNot) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(1), kEnd, kStart);
  generations.publish(make_credential(2), kStart + 1s, kStart);
  EXPECT_EQ(generations.current(kStart + 1s), nullptr);
}

TEST(Generations, WhatHasExpiredIsDropped) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  EXPECT_EQ(generations.next_drop(), std::nullopt);
  generations.publish(make_credential(1), kStart + 20s, kStart);
  generations.publish(make_credential(2), kStart + 10s, kStart);
  EXPECT_EQ(generations.next_drop(), kStart + 10s);
  generations.drop(kStart + 10s - 1ns);
  EXPECT_EQ(generations.next_drop(), kStart + 10s);

  generations.drop(kStart + 10s);
  EXPECT_EQ(generations.next_drop(), kStart + 20s);
  EXPECT_EQ(generations.current(kStart), nullptr) << "an older one does not become the current one";
  EXPECT_NE(generations.find(GenerationId{1}, kStart), nullptr);
  EXPECT_EQ(generations.find(GenerationId{2}, kStart), nullptr) << "not even by a clock gone back";

  generations.drop(kStart + 20s);
  EXPECT_EQ(generations.next_drop(), std::nullopt);
  EXPECT_TRUE(generations.publish(make_credential(2), kEnd, kStart))
      << "a new one, with a new number";
  EXPECT_EQ(generations.current(kStart)->id(), GenerationId{3});
}

TEST(Generations, ASupersededOneIsDroppedSoonAfterItsInodesFollow) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(1), kEnd, kStart);
  EXPECT_EQ(generations.follows_at(*generations.current(kStart)), std::nullopt);
  generations.publish(make_credential(2), kEnd, kStart + 10s);
  EXPECT_EQ(generations.follows_at(*generations.find(GenerationId{1}, kStart)), kStart + 70s);
  const SteadyTime end = kStart + 70s + Generations::kLinger;
  EXPECT_EQ(generations.next_drop(), end);
  generations.drop(end - 1ns);
  EXPECT_NE(generations.find(GenerationId{1}, kStart), nullptr);
  generations.drop(end);
  EXPECT_EQ(generations.find(GenerationId{1}, kStart), nullptr);
  EXPECT_NE(generations.current(kStart), nullptr);
}

TEST(Generations, OneThatIsHeldIsKeptUntilItExpires) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(1), kStart + 1h, kStart);
  generations.hold(*generations.current(kStart));
  generations.publish(make_credential(2), kEnd, kStart);
  EXPECT_EQ(generations.next_drop(), kStart + 1h);
  generations.drop(kStart + 1h - 1ns);
  EXPECT_NE(generations.find(GenerationId{1}, kStart), nullptr);
  generations.drop(kStart + 1h);
  EXPECT_EQ(generations.find(GenerationId{1}, kStart), nullptr);
}

TEST(Generations, AFileThatHoldsTheSameIsTheSameFile) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(1), kEnd, kStart);
  generations.publish(make_credential(2), kEnd, kStart);
  const Generation& first = *generations.find(GenerationId{1}, kStart);
  const Generation& second = *generations.current(kStart);
  EXPECT_NE(second.origin(the_id()), first.origin(the_id()));
  EXPECT_TRUE(second.is_new(the_id()));
  EXPECT_EQ(second.origin(the_role()), first.origin(the_role()));
  EXPECT_FALSE(second.is_new(the_role()));
  EXPECT_EQ(second.mtime(the_role()).tv_nsec, first.mtime(the_role()).tv_nsec);

  EXPECT_EQ(generations.find(InodeNumber(first.origin(the_id()), the_id().place), the_id(), kStart),
            &first);
  EXPECT_EQ(
      generations.find(InodeNumber(first.origin(the_role()), the_role().place), the_role(), kStart),
      &second);
  EXPECT_EQ(generations.find(InodeNumber(GenerationId{2}, the_role().place), the_role(), kStart),
            nullptr);
}

TEST(Generations, MtimeRisesThoughThePredecessorWasDropped) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  Credential late = make_credential(1);
  late.last_updated += 1h;
  generations.publish(late, kStart + 1s, kStart);
  const auto before = generations.current(kStart)->mtime(the_id()).tv_sec;
  generations.drop(kStart + 1s);
  generations.publish(make_credential(2), kEnd, kStart);
  EXPECT_GE(generations.current(kStart)->mtime(the_id()).tv_sec, before);
}

TEST(Generations, OfManyTheNewestAreKept) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  constexpr int kMany = 100;
  for (int i = 1; i <= kMany; ++i) generations.publish(make_credential(i), kEnd, kStart);
  int found = 0;
  for (int i = 1; i <= kMany; ++i) {
    const auto* generation = generations.find(GenerationId{static_cast<std::uint64_t>(i)}, kStart);
    if (generation == nullptr) continue;
    ++found;
    EXPECT_GT(i, kMany - static_cast<int>(Generations::kKept));
    EXPECT_EQ(id_in(*generation), "STS.id-" + std::to_string(i));
  }
  EXPECT_EQ(found, static_cast<int>(Generations::kKept));
}

TEST(Generations, NoTwoShareATimeStamp) {
  MountMemory memory;
  const Planted planted;
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  std::set<std::pair<long, long>> stamps;
  for (int i = 1; i <= 20; ++i) {
    generations.publish(make_credential(i), kEnd, kStart);
    const timespec mtime = generations.current(kStart)->mtime(the_id());
    EXPECT_TRUE(stamps.insert({mtime.tv_sec, mtime.tv_nsec}).second) << i;
  }
}

TEST(Generations, EndWithANewlineWhereThatIsWanted) {
  MountMemory memory;
  const Planted planted(with_newline(true));
  Generations generations(memory.generations, memory.counter, planted.tree, "/mount", kFollowAfter);
  generations.publish(make_credential(), kEnd, kStart);
  EXPECT_EQ(id_in(*generations.current(kStart)), "STS.id-1\n");
}

}  // namespace
}  // namespace ramrolefs::unit
