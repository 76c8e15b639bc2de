// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/fuse.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fusefs/frozen.h"

namespace ramrolefs {

/// The requests that the kernel waits for. Each is received into a slot of the shared memory, and
/// is in it until the reply was written: what is in a slot when a worker dies, another one serves
/// again. Of a reply that was sent already, the kernel says ENOENT, which harms nothing.
///
/// No slot's page may be absent when the kernel copies a request there: killed in that page fault,
/// the copy fails, and with it the request (fuse_dev_do_read() in fs/fuse/dev.c: EIO). So the
/// constructor touches them all.
///
/// Threads   one at a time; one process at a time, but for the monitor while no worker is alive.
/// Owns      nothing of the shared memory. Allocates nothing, and can't fail.
class Journal {
 public:
  using Place = std::uint32_t;
  /// Kept free for the requests of those for whom there is no room: they are answered at once.
  static constexpr Place kLast = Frozen::kSlots - 1;

  /// `frozen` must outlive it. Finds the slots that are in use.
  explicit Journal(Frozen& frozen);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  struct Received {
    ssize_t size;  // negative: an errno. 0: the filesystem is gone
    Place place;   // whose slot it is in
  };
  /// Takes a request from the device, which must not block, into a slot; the whole of it to
  /// `buffer`, which has to be as large as the kernel wants it (FUSE_MIN_READ_BUFFER, 8 KiB).
  Received receive(int device, std::span<char> buffer);

  /// Whether all slots but the last are in use.
  bool full() const { return free_count_ == 0; }

  /// The slots in use, one after another: the first at or after `from`, or kSlots.
  Place next_used(Place from) const;
  Slot& operator[](Place place) { return frozen_.slots[place]; }

  /// Where the request of that number is; kSlots where it is in none.
  Place find(std::uint64_t unique) const;

  /// The reply was written, or none is wanted.
  void free(Place place);

 private:
  Place claim();

  Frozen& frozen_;
  std::array<std::uint64_t, Frozen::kSlots> uniques_{};  // 0: free; for find()
  std::array<Place, Frozen::kSlots> free_{};             // a stack
  std::size_t free_count_ = 0;
};

/// What the request in a slot begins with; its length is 0 where nothing was received.
fuse_in_header header_of(const Slot& slot);

/// Whether the kernel waits for no reply to that operation.
bool wants_no_reply(std::uint32_t opcode);

/// Writes an errno as the reply to a request.
void reply_with_error(int device, std::uint64_t unique, int error);

}  // namespace ramrolefs
