// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "common/sanitizer.h"

namespace ramrolefs::unit {
namespace {

// Each is kept in another way when it is free.
constexpr std::size_t kSizes[] = {24, 100, 1000, 2000, 20'000};

// So that gcc leaves out no store before free(), and takes no block for gone that stays.
void* (*volatile fill)(void*, int, std::size_t) = std::memset;
void* (*volatile resize)(void*, std::size_t) = std::realloc;

/// Whether there is something left of a block of S. It belongs to nobody: it is looked at in place,
/// before anything else is allocated, and by number, lest the compiler think that it is used.
bool is_left(std::uintptr_t place, std::size_t size) {
  const auto* bytes = reinterpret_cast<const volatile char*>(place);
  std::size_t in_a_row = 0;
  for (std::size_t i = 0; i < size && in_a_row < 4; ++i) {
    in_a_row = bytes[i] == 'S' ? in_a_row + 1 : 0;
  }
  return in_a_row == 4;
}

bool is_whole(const void* memory, std::size_t size) {
  const auto* bytes = static_cast<const char*>(memory);
  return std::all_of(bytes, bytes + size, [](char c) { return c == 'S'; });
}

/// A block that holds nothing but S, with another one behind it: the last one's memory may go.
class Block {
 public:
  explicit Block(std::size_t size) : memory_(std::malloc(size)), behind_(std::malloc(size)) {
    fill(memory_, 'S', size);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    std::free(memory_);
    std::free(behind_);
  }

  void* memory_;

 private:
  void* behind_;
};

class WipingHeap : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
#if RAMROLEFS_SANITIZED
    GTEST_SKIP() << "a sanitizer has a heap of its own";
#endif
  }
};

TEST_P(WipingHeap, NothingIsLeftOfWhatIsFreed) {
  Block block(GetParam());
  const auto place = reinterpret_cast<std::uintptr_t>(block.memory_);
  std::free(std::exchange(block.memory_, nullptr));
  EXPECT_FALSE(is_left(place, GetParam()));
}

TEST_P(WipingHeap, NothingIsLeftOfWhatMoves) {
  Block block(GetParam());
  const auto place = reinterpret_cast<std::uintptr_t>(block.memory_);
  block.memory_ = std::realloc(block.memory_, GetParam() * 4);
  ASSERT_NE(reinterpret_cast<std::uintptr_t>(block.memory_), place);
  EXPECT_FALSE(is_left(place, GetParam()));
  EXPECT_TRUE(is_whole(block.memory_, GetParam()));
}

TEST_P(WipingHeap, NothingIsLeftOfTheEndThatIsCutOff) {
  Block block(GetParam() * 4);
  const auto place = reinterpret_cast<std::uintptr_t>(block.memory_);
  block.memory_ = std::realloc(block.memory_, GetParam());
  // What is behind the new end is looked at, whether it has moved or not.
  EXPECT_FALSE(is_left(place + GetParam() + 8, GetParam() * 3 - 8));
  EXPECT_TRUE(is_whole(block.memory_, GetParam()));
}

TEST_P(WipingHeap, WhatCantMoveStays) {
  const Block block(GetParam());
  EXPECT_EQ(resize(block.memory_, SIZE_MAX / 2), nullptr);
  EXPECT_TRUE(is_whole(block.memory_, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Sizes, WipingHeap, testing::ValuesIn(kSizes));

}  // namespace
}  // namespace ramrolefs::unit
