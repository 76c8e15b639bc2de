// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusefs/generation_counter.h"

namespace ramrolefs {

// What is shared by the monitor and its workers, and outlives each of them. Its layout is *frozen*:
// a version of the program that takes a mount over from another one finds in it the requests that
// the kernel waits for, what was agreed on with the kernel, and the generation counter, whatever
// else it can't read. Nothing here may be moved, resized or given another meaning; what is added is
// taken from `reserved`, where zero must mean that it is not there.
//
// Plain memory and atomics that need no lock (the asserts below), so that a kill at any instruction
// leaves a state that this says what to do with. All moments are nanoseconds of CLOCK_BOOTTIME.

/// A request of the kernel's: received into it, and in it until the reply was written.
struct Slot {
  /// One that is larger is cut here; all of those are refused by us.
  static constexpr std::size_t kRequest = 488;

  std::atomic<std::uint32_t> used;    // 0: free. Else, the request's length 0: nothing received
  std::atomic<std::uint32_t> deaths;  // of workers, while this very request was being handled
  std::atomic<std::uint32_t> interrupted;  // the kernel has sent INTERRUPT for it
  std::uint32_t reserved;
  std::uint64_t reserved_too;
  alignas(8) std::array<char, kRequest> request;  // as the kernel wrote it: fuse_in_header first
};
static_assert(sizeof(Slot) == 512 && offsetof(Slot, request) == 24);

/// FUSE_INIT as it was received, and the reply that was given.
struct InitExchange {
  std::atomic<std::uint32_t> request_size;  // 0: none was received
  std::atomic<std::uint32_t> reply_size;    // 0: none was given
  alignas(8) std::array<char, 248> request;
  alignas(8) std::array<char, 256> reply;
};
static_assert(sizeof(InitExchange) == 512);

/// How the worker fares, for the monitor; and what the monitor has to say.
struct Vitals {
  std::atomic<std::uint64_t> turns;          // of the worker's loop; odd: not waiting for anything
  std::atomic<std::uint64_t> received;       // requests
  std::atomic<std::uint32_t> handling;       // the slot whose request is being handled, and 1; or 0
  std::atomic<std::uint32_t> restores;       // deaths in a row while the generations were read
  std::atomic<std::uint32_t> takeovers;      // so many times a worker has died or was replaced
  std::atomic<std::uint32_t> replayed;       // requests that were served again for it
  std::atomic<std::int32_t> announcer;       // its process id; 0: none yet, -1: never any
  std::atomic<std::int32_t> mount_id;        // of the visible mount, in the table of mounts
  std::atomic<std::uint32_t> created;        // whether its directory was created for it
  std::atomic<std::int32_t> oom_score_adj;   // that the worker is to have
  std::atomic<std::uint64_t> without_since;  // the last worker's end; 0: none has ended
};
static_assert(sizeof(Vitals) == 56);

/// What is served, in a line for people: the worker writes it, the monitor passes it on.
struct StatusLine {
  std::atomic<std::uint32_t> changes;
  std::array<char, 252> text;  // ends at the first control character
};
static_assert(sizeof(StatusLine) == 256);

struct Frozen {
  static constexpr std::size_t kSlots = 8192;
  static constexpr std::uint64_t kMagic = 0x31656c6f726d6172;  // "ramrole1"

  std::uint64_t magic;
  GenerationCounter generations;
  Vitals vitals;
  std::array<std::uint64_t, 51> reserved;
  InitExchange init;
  StatusLine status;
  std::array<std::uint64_t, 352> reserved_too;
  std::array<Slot, kSlots> slots;
};
static_assert(offsetof(Frozen, init) == 512 && offsetof(Frozen, slots) == 4096);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free &&
              std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace ramrolefs
