// SPDX-License-Identifier: Apache-2.0
#include "fusefs/inode_number.h"

#include <fuse_lowlevel.h>
#include <gtest/gtest.h>

#include <limits>

namespace ramrolefs::unit {
namespace {

static_assert(kRoot.raw() == FUSE_ROOT_ID);
static_assert(InodeNumber(GenerationId{3}, Place{7}).raw() == 3 * 256 + 7);

TEST(InodeNumber, IsTheGenerationAndThePlace) {
  for (const std::uint64_t generation : {0ULL, 1ULL, 2ULL, 255ULL, 256ULL, (1ULL << 48) - 1}) {
    for (const int place : {0, 1, 2, 127, 255}) {
      const GenerationId id{generation};
      const Place at{static_cast<std::uint8_t>(place)};
      const InodeNumber inode(id, at);
      EXPECT_EQ(inode.generation(), id);
      EXPECT_EQ(inode.place(), at);
      EXPECT_EQ(InodeNumber(inode.raw()), inode) << "as the kernel gives it back";
    }
  }
}

TEST(InodeNumber, AnyNumberOfTheKernelsHasAGenerationAndAPlace) {
  const InodeNumber last(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(last.place(), Place{255});
  EXPECT_EQ(last.generation(), GenerationId{(1ULL << 48) - 1});
  EXPECT_EQ(last.view(), kStateView);
}

TEST(InodeNumber, NoTwoFilesOrGenerationsShareOne) {
  const InodeNumber inode(GenerationId{1}, Place{255});
  EXPECT_NE(inode, InodeNumber(GenerationId{2}, Place{255}));
  EXPECT_NE(inode, InodeNumber(GenerationId{1}, Place{254}));
  EXPECT_NE(inode, InodeNumber(GenerationId{2}, Place{0}));
  EXPECT_NE(inode, InodeNumber(GenerationId{1}, Place{255}, View{1}));
}

}  // namespace
}  // namespace ramrolefs::unit
