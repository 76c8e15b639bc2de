// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fuse_lowlevel.h>
#include <sys/uio.h>

#include <array>
#include <functional>
#include <memory>

#include "fusefs/frozen.h"
#include "fusefs/fuse_operations.h"
#include "fusefs/journal.h"

namespace ramrolefs {

/// libfuse's session on a descriptor that outlives it: requests come through the journal, and what
/// was agreed on with the kernel (FUSE_INIT) is played to each new session as it was to the first.
///
/// Threads   one at a time.
/// Owns      libfuse's session. The descriptor, the shared memory and `served` must outlive it.
class Session {
 public:
  /// `before_reply` is called before anything is told to the kernel; it must not throw.
  Session(Frozen& frozen, int device, Served& served, std::function<void()> before_reply);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  /// Whether libfuse has made one.
  bool good() const { return session_ != nullptr; }

  /// Brings it to where the last session ended: agrees with the kernel as that one did, and serves
  /// again what the kernel still waits for. A request at which three workers have died is answered
  /// with EIO.
  void take_over();

  enum class Took { request, nothing, end };
  /// Takes a request, if there is one, and handles it. `end`: the filesystem is gone.
  Took take();

 private:
  void handle(Journal::Place place, std::size_t size);
  void handle_again(Journal::Place place);
  void note_interrupt(Journal::Place place);
  void play_init();
  void give(const void* request, std::size_t size);
  void refuse(Journal::Place place, int error);
  ssize_t reply(iovec* parts, int count);
  ssize_t keep_init_reply(const iovec* parts, int count);

  static constexpr std::size_t kBuffer = std::size_t{64} << 10U;  // the kernel wants 8 KiB

  Frozen& frozen_;
  std::function<void()> before_reply_;
  std::unique_ptr<fuse_session, decltype(&fuse_session_destroy)> session_;
  std::uint64_t swallowed_ = 0;  // the reply to this request was given by another session
  Journal journal_;
  alignas(8) std::array<char, kBuffer> buffer_;
  int device_;
};

}  // namespace ramrolefs
