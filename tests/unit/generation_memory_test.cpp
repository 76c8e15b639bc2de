// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "common/sanitizer.h"

namespace ramrolefs::unit {
namespace {

using Slot = GenerationMemory::Slot;

constexpr std::size_t kSlots = 3;
constexpr std::size_t kSlotSize = GenerationMemory::kSlotSize;

struct Memory {
  AnonymousMemory bytes{GenerationMemory::size_for(kSlots)};
  GenerationMemory generations{bytes.bytes()};

  std::byte* start(Slot slot) const {
    return bytes.bytes().data() + GenerationMemory::offset(slot);
  }
};

void write(std::span<std::byte> to, std::string_view text) {
  ASSERT_EQ(to.size(), text.size());
  std::memcpy(to.data(), text.data(), text.size());
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[maybe_unused]] bool is_present(const std::byte* page) {
  unsigned char present = 0;
  EXPECT_EQ(mincore(const_cast<std::byte*>(page), 1, &present), 0);
  return (present & 1) != 0;
}

/// What the kernel notes of a mapping: "lo" locked, "dd" not dumped (proc(5)).
[[maybe_unused]] bool has_flag(const void* address, const std::string& flag) {
  std::ostringstream start;
  start << std::hex << reinterpret_cast<std::uintptr_t>(address) << '-';
  std::ifstream maps("/proc/self/smaps");
  bool there = false;
  for (std::string line; std::getline(maps, line);) {
    there = there || line.starts_with(start.str());
    if (there && line.starts_with("VmFlags:")) return line.find(" " + flag) != std::string::npos;
  }
  return false;
}

TEST(GenerationMemory, WhatWasWrittenIsFoundByTheNextProcess) {
  const Memory memory;
  GenerationMemory writer(memory.bytes.bytes());
  write(writer.begin(Slot{1}, 5), "bytes");
  const GenerationMemory reader(memory.bytes.bytes());
  EXPECT_EQ(text_of(reader.bytes(Slot{1})), "bytes");
  EXPECT_TRUE(reader.bytes(Slot{0}).empty());
}

TEST(GenerationMemory, WhatDoesNotFitIsNotBegun) {
  Memory memory;
  EXPECT_EQ(memory.generations.slots(), kSlots);
  EXPECT_TRUE(memory.generations.begin(Slot{0}, kSlotSize + 1).empty());
  EXPECT_TRUE(memory.generations.begin(Slot{0}, ~std::size_t{0}).empty());
  EXPECT_TRUE(memory.generations.begin(Slot{kSlots}, 1).empty());
  EXPECT_TRUE(memory.generations.bytes(Slot{kSlots}).empty());
  memory.generations.wipe(Slot{kSlots});
  const auto most = memory.generations.begin(Slot{2}, kSlotSize);
  ASSERT_EQ(most.size(), kSlotSize);
  most.back() = std::byte{1};
}

TEST(GenerationMemory, WithoutMemoryThereIsNoSlot) {
  GenerationMemory none({});
  EXPECT_EQ(none.slots(), 0U);
  EXPECT_TRUE(none.begin(Slot{0}, 1).empty());
  none.wipe_others({});
}

TEST(GenerationMemory, WipingZeroesAndGivesThePagesBack) {
  Memory memory;
  const std::string much(10'000, 'x');
  write(memory.generations.begin(Slot{1}, much.size()), much);
  ASSERT_TRUE(is_present(memory.start(Slot{1}) + 8192));
  memory.generations.wipe(Slot{1});
  for (std::size_t at = 0; at < 12'288; at += 4096) {
    EXPECT_FALSE(is_present(memory.start(Slot{1}) + at)) << at;
  }
  EXPECT_TRUE(memory.generations.bytes(Slot{1}).empty());
}

TEST(GenerationMemory, WipingTakesNoMemoryWhereNothingIs) {
  Memory memory;
  write(memory.generations.begin(Slot{0}, 5), "bytes");
  memory.generations.wipe_others({Slot{0}});
  EXPECT_TRUE(is_present(memory.start(Slot{0})));
  EXPECT_FALSE(is_present(memory.start(Slot{1})));
  EXPECT_FALSE(is_present(memory.start(Slot{2})));
}

TEST(GenerationMemory, ZeroesWhatItCannotGiveBack) {
  // Private memory, of which MADV_REMOVE takes nothing (madvise(2)).
  constexpr std::size_t kSize = GenerationMemory::size_for(1);
  void* start = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(start, MAP_FAILED);
  GenerationMemory memory({static_cast<std::byte*>(start), kSize});
  const auto bytes = memory.begin(Slot{0}, 6);
  write(bytes, "secret");
  memory.wipe(Slot{0});
  EXPECT_EQ(text_of(bytes), std::string(6, '\0'));
  munmap(start, kSize);
}

TEST(GenerationMemory, WhatSomebodyWasKilledWhileWritingIsWiped) {
  const Memory memory;
  {
    GenerationMemory killed(memory.bytes.bytes());
    write(killed.begin(Slot{0}, 5), "whole");
    std::memcpy(killed.begin(Slot{2}, 100'000).data() + 50'000, "half", 4);
  }
  GenerationMemory next(memory.bytes.bytes());
  next.wipe_others({Slot{0}});
  EXPECT_EQ(text_of(next.bytes(Slot{0})), "whole");
  const std::byte* half = memory.start(Slot{2});
  EXPECT_TRUE(
      std::all_of(half, half + 110'000, [](std::byte byte) { return byte == std::byte{}; }));
}

TEST(GenerationMemory, WhatAnotherVersionWroteElsewhereIsGivenBack) {
  Memory memory;
  write(memory.generations.begin(Slot{0}, 5), "bytes");
  std::memcpy(memory.bytes.bytes().data() + 1000, "secret", 6);  // in the head
  std::memcpy(memory.start(Slot{2}), "secret", 6);               // of which the head says nothing
  memory.generations.wipe_all();
  EXPECT_FALSE(is_present(memory.bytes.bytes().data()));
  EXPECT_FALSE(is_present(memory.start(Slot{0})));
  EXPECT_FALSE(is_present(memory.start(Slot{2})));
  write(memory.generations.begin(Slot{1}, 5), "bytes");
}

TEST(GenerationMemory, TooLittleMemoryHasNoSlot) {
  const AnonymousMemory bytes(kSlotSize);  // and no head
  EXPECT_EQ(GenerationMemory(bytes.bytes()).slots(), 0U);
}

TEST(GenerationMemory, BelievesNoSizeThatIsNone) {
  Memory memory;
  for (const std::uint64_t nonsense : {std::uint64_t{1}, std::uint64_t{63}, ~std::uint64_t{0}}) {
    std::memcpy(memory.bytes.bytes().data() + sizeof nonsense, &nonsense, sizeof nonsense);
    EXPECT_LE(memory.generations.bytes(Slot{1}).size(), kSlotSize);
    memory.generations.lock(Slot{1});
    memory.generations.wipe(Slot{1});
    EXPECT_FALSE(is_present(memory.start(Slot{1})));
  }
}

#if !RAMROLEFS_SANITIZED  // whose mlock(2) does nothing

TEST(GenerationMemory, GoesIntoNoCoreDumpAndNotIntoTheSwap) {
  Memory memory;
  ASSERT_FALSE(memory.generations.begin(Slot{0}, 5).empty());
  ASSERT_EQ(memory.generations.lock_error(), 0);
  EXPECT_TRUE(has_flag(memory.start(Slot{0}), "lo"));
  EXPECT_TRUE(has_flag(memory.start(Slot{0}), "dd"));
  EXPECT_TRUE(has_flag(memory.start(Slot{0}) + 4096, "dd")) << "what is not used yet";
}

TEST(GenerationMemory, GivesPagesBackThoughAllMemoryIsLocked) {
  Memory memory;
  ASSERT_EQ(mlock2(memory.start(Slot{1}), kSlotSize, MLOCK_ONFAULT), 0);  // as mlockall(2) does
  memory.generations.wipe_others({});
  EXPECT_FALSE(is_present(memory.start(Slot{1}))) << "it was looked at";
  write(memory.generations.begin(Slot{1}, 5), "bytes");
  memory.generations.wipe(Slot{1});
  EXPECT_FALSE(is_present(memory.start(Slot{1})));
}

TEST(GenerationMemoryDeathTest, SaysIfItCannotBeKeptOutOfTheSwap) {
  const auto without_right = [] {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(1);
    Memory memory;
    const bool begun = !memory.generations.begin(Slot{0}, 5).empty();
    _exit(begun && memory.generations.lock_error() != 0 ? 0 : 1);
  };
  EXPECT_EXIT(without_right(), testing::ExitedWithCode(0), "");
}

#endif

}  // namespace
}  // namespace ramrolefs::unit
