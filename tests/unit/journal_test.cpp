// SPDX-License-Identifier: Apache-2.0
#include "fusefs/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fuse.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusefs/file_descriptor.h"
#include "fusefs/shared_memory.h"

namespace ramrolefs::unit {
namespace {

/// A socket in place of the device: each message is a request.
class Journaled : public testing::Test {
 protected:
  Journaled() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends.data()), 0);
    kernel_ = FileDescriptor(ends[0]);
    device_ = FileDescriptor(ends[1]);
    take_over();
  }

  Frozen& frozen() { return memory_->frozen(); }
  void take_over() { journal_ = std::make_unique<Journal>(frozen()); }

  void send_request(std::uint64_t unique, std::size_t size = sizeof(fuse_in_header)) {
    std::string request(size, 'x');
    fuse_in_header header{};
    header.len = static_cast<std::uint32_t>(size);
    header.unique = unique;
    std::memcpy(request.data(), &header, sizeof header);
    ASSERT_EQ(send(kernel_.get(), request.data(), size, 0), static_cast<ssize_t>(size));
  }
  Journal::Received receive() { return journal_->receive(device_.get(), buffer_); }

  int used() const {
    int count = 0;
    for (auto at = journal_->next_used(0); at <= Journal::kLast; at = journal_->next_used(at + 1)) {
      ++count;
    }
    return count;
  }

  std::optional<SharedMemory> memory_ = SharedMemory::create();
  FileDescriptor kernel_;
  FileDescriptor device_;
  std::array<char, 16384> buffer_{};
  std::unique_ptr<Journal> journal_;
};

TEST_F(Journaled, ARequestIsThereUntilItIsFreedWhoeverTakesOver) {
  send_request(2);
  const auto received = receive();
  EXPECT_EQ(received.size, static_cast<ssize_t>(sizeof(fuse_in_header)));
  take_over();
  EXPECT_EQ(journal_->find(2), received.place);
  EXPECT_EQ(used(), 1);
  journal_->free(received.place);
  EXPECT_GT(journal_->find(2), Journal::kLast);
  take_over();
  EXPECT_EQ(used(), 0);
}

TEST_F(Journaled, NothingReceivedTakesNoSlot) {
  EXPECT_EQ(receive().size, -EAGAIN);
  EXPECT_EQ(used(), 0);
  frozen().slots[7].used = 1;  // of one who was killed before anything came
  take_over();
  EXPECT_EQ(used(), 0);
  EXPECT_EQ(frozen().slots[7].used, 0U);
}

TEST_F(Journaled, AllOfALongRequestIsReceivedAndItsBeginningKept) {
  send_request(4, 9000);
  const auto received = receive();
  EXPECT_EQ(received.size, 9000);
  EXPECT_EQ(buffer_[8999], 'x');
  EXPECT_EQ(buffer_[9000], '\0');
  EXPECT_EQ((*journal_)[received.place].request.back(), 'x');
}

TEST_F(Journaled, TheLastSlotIsForThoseWhoFindAllOthersTaken) {
  for (std::uint64_t i = 1; i < Frozen::kSlots; ++i) {
    EXPECT_FALSE(journal_->full());
    send_request(2 * i);
    ASSERT_LT(receive().place, Journal::kLast);
  }
  EXPECT_TRUE(journal_->full());
  for (std::uint64_t i = 0; i < 3; ++i) {
    send_request(100'000 + i);
    const auto received = receive();
    EXPECT_EQ(received.place, Journal::kLast);
    journal_->free(received.place);
  }
  EXPECT_TRUE(journal_->full());
  journal_->free(5);
  send_request(200'000);
  EXPECT_EQ(receive().place, 5U);
}

/// How many pages of the memory this process has in its page table (/proc/PID/pagemap).
std::size_t pages_at_hand(const void* start, std::size_t size) {
  const FileDescriptor map(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  std::vector<std::uint64_t> entries(size / 4096);
  const auto first = reinterpret_cast<std::uintptr_t>(start) / 4096;
  const auto bytes = entries.size() * sizeof(std::uint64_t);
  const auto got =
      pread(map.get(), entries.data(), bytes, static_cast<off_t>(first * sizeof(std::uint64_t)));
  EXPECT_EQ(got, static_cast<ssize_t>(bytes));
  return static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [](std::uint64_t entry) { return entry >> 63U != 0; }));
}

TEST_F(Journaled, NoPageOfASlotIsAbsentOnceItIsMade) {
  FileDescriptor copy(dup(memory_->descriptor()));
  const auto another = SharedMemory::open(std::move(copy), SharedMemory::Part::monitors);
  ASSERT_TRUE(another);
  const auto& slots = another->frozen().slots;
  EXPECT_LT(pages_at_hand(slots.data(), sizeof slots), 16U);
  const Journal journal(another->frozen());
  EXPECT_EQ(pages_at_hand(slots.data(), sizeof slots), sizeof slots / 4096);
}

// What a version may find that another one has written. Never to be changed.
TEST(Frozen, EverythingIsWhereItWas) {
  EXPECT_EQ(offsetof(Frozen, magic), 0U);
  EXPECT_EQ(offsetof(Frozen, generations), 8U);
  EXPECT_EQ(offsetof(Frozen, vitals), 48U);
  EXPECT_EQ(offsetof(Frozen, init), 512U);
  EXPECT_EQ(offsetof(Frozen, status), 1024U);
  EXPECT_EQ(offsetof(Frozen, slots), 4096U);
  EXPECT_EQ(offsetof(Vitals, turns), 0U);
  EXPECT_EQ(offsetof(Vitals, received), 8U);
  EXPECT_EQ(offsetof(Vitals, handling), 16U);
  EXPECT_EQ(offsetof(Vitals, restores), 20U);
  EXPECT_EQ(offsetof(Vitals, takeovers), 24U);
  EXPECT_EQ(offsetof(Vitals, replayed), 28U);
  EXPECT_EQ(offsetof(Vitals, announcer), 32U);
  EXPECT_EQ(offsetof(Vitals, mount_id), 36U);
  EXPECT_EQ(offsetof(Vitals, created), 40U);
  EXPECT_EQ(offsetof(Vitals, oom_score_adj), 44U);
  EXPECT_EQ(offsetof(Vitals, without_since), 48U);
  EXPECT_EQ(offsetof(InitExchange, request_size), 0U);
  EXPECT_EQ(offsetof(InitExchange, reply_size), 4U);
  EXPECT_EQ(offsetof(InitExchange, request), 8U);
  EXPECT_EQ(offsetof(InitExchange, reply), 256U);
  EXPECT_EQ(offsetof(Slot, used), 0U);
  EXPECT_EQ(offsetof(Slot, deaths), 4U);
  EXPECT_EQ(offsetof(Slot, interrupted), 8U);
  EXPECT_EQ(offsetof(Slot, request), 24U);
  EXPECT_EQ(sizeof(Slot), 512U);
  EXPECT_EQ(Frozen::kSlots, 8192U);
}

}  // namespace
}  // namespace ramrolefs::unit
