// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "tests/emulator/descriptor.h"
#include "tests/emulator/fault_board.h"
#include "tests/emulator/times.h"

namespace ramrolefs::emulator {

/// A client's connection, and what a fault can do to it.
///
/// Why not the stream of httplib: it can't be dropped in mid-answer, paced, or watched for a
/// hang-up while an answer is held back, and its line reader costs a system call per byte.
///
/// Threads  one, but for the descriptor, which Connections may shut down from another.
/// Owns     the socket.
class Connection {
 public:
  explicit Connection(Descriptor socket) : socket_(std::move(socket)) {}

  int descriptor() const { return socket_.get(); }

  /// Waits for a byte to read. False: none came in `patience`, or nothing ever will.
  bool wait_readable(Duration patience);

  /// As recv and send, the latter whole or -1; a paced send takes its time.
  ssize_t read(char* place, std::size_t size);
  ssize_t write(const char* bytes, std::size_t size);

  /// Lets a fault work on the answer that comes next: waits until it may be written, makes writing
  /// slow, or drops the connection. A client that hangs up meanwhile is dropped.
  void suffer(std::shared_ptr<const OrderedFault> fault);
  /// The answer is out: the next is written at once again.
  void recover() { pace_.reset(); }

  /// Nothing more is read or written; what was written reaches the client.
  void drop();
  bool dropped() const { return dropped_; }

 private:
  void hold(const OrderedFault& fault, std::optional<Duration> duration);
  ssize_t write_at_once(const char* bytes, std::size_t size);

  Descriptor socket_;
  std::array<char, 4096> input_{};
  std::size_t begin_ = 0;  // of what is in input_ and not yet read
  std::size_t end_ = 0;
  std::shared_ptr<const OrderedFault> pace_;  // a byte per fault.seconds until it is lifted
  bool dropped_ = false;
};

/// The connections that are open, so that all can be ended at once.
///
/// Threads  any.
class Connections {
 public:
  /// A connection's place in the list, given up before its descriptor is closed: another thread
  /// must never shut down a number that means another socket by now.
  class Entry {
   public:
    Entry(Connections& list, int descriptor);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    Connections& list_;
    int descriptor_;
  };

  /// Shuts down all that are open and each that is entered later.
  void end_all();

 private:
  std::mutex mutex_;
  std::set<int> open_;
  bool ended_ = false;
};

}  // namespace ramrolefs::emulator
