// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>

#include "fusefs/announcements.h"
#include "fusefs/identity.h"
#include "fusefs/inode_number.h"

namespace ramrolefs {

// The *announcer* is the process that announces rotations: it makes the renames that it is told,
// one after another, says of each that it is over, and does nothing else. It is a process of its
// own because who is killed in a rename(2) on a mount that he serves himself can't die: the kernel
// waits for an answer that nobody gives any more (request_wait_answer() in fs/fuse/dev.c).

/// The worker's side. What was ordered and not answered when a worker or an announcer ends is to be
/// ordered again.
///
/// Threads   one at a time. Allocates nothing, and waits for nothing.
class Orders {
 public:
  /// The socket, a message an order or an answer, is the monitor's, and outlives both sides.
  explicit Orders(int socket) : socket_(socket) {}

  /// Has it make that rename. Lost where hundreds wait: then no announcer reads them.
  void give(const Rename& rename) const;

  struct Answer {
    bool another;  // an announcer has begun; the rest is not set
    GenerationId generation;
    Seat seat;
    int error;  // 0, or an errno
  };
  std::optional<Answer> take_answer() const;

  int descriptor() const { return socket_; }

 private:
  int socket_;
};

/// Starts an announcer, as root in a mount of its own, `clone`, else by path in `directory`. For
/// the monitor: allocates nothing. Returns its process id, -1 if there is none to be had.
pid_t spawn_announcer(int socket, int clone, const char* directory, const Identity& identity);

}  // namespace ramrolefs
