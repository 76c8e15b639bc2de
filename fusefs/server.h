// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/flight.h"
#include "common/metadata_client.h"
#include "common/metadata_transport.h"
#include "fusefs/announcer.h"
#include "fusefs/audit.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/filesystem.h"
#include "fusefs/fuse_operations.h"
#include "fusefs/generation_memory.h"
#include "fusefs/parking.h"
#include "fusefs/session.h"
#include "fusefs/shared_memory.h"

namespace ramrolefs {

/// Serves a mount: takes the kernel's requests, the ends of flights, the announcer's answers, and
/// the moments at which parked readers must be looked at again, one after another, on one thread.
/// It begins where the one before it has ended, at whatever instruction that was; what has changed
/// is in the shared memory before the kernel is told anything.
///
/// One thread is enough: the kernel answers nearly all reads by itself, and no handler blocks. So
/// nothing here is locked but the box in which Flight leaves what it brought.
///
/// Threads   the constructor and run() on one; Flight has its own.
/// Owns      the parked readers, the flight.
class Server {
 public:
  struct Options {
    Filesystem::Options filesystem;
    MetadataClient::Options client;
  };

  /// The descriptors that it works with; they are not its own.
  struct Descriptors {
    int device;   // FUSE's
    int control;  // a word there ends it
    int orders;   // the announcer's
  };

  /// All must outlive it. Starts its thread.
  Server(const Options& options, const Descriptors& descriptors, const Clock& clock,
         MetadataTransport& transport, SharedMemory& memory);

  /// Takes over, and serves until it is told to end, or the filesystem is gone. `serves` is called
  /// when the kernel and it have agreed. Whoever still waits then is told that it has ended
  /// (ECANCELED). False if it could not serve, or the monitor has gone: then nobody is told
  /// anything, as a successor may find it all.
  bool run(std::function<void()> serves);

 private:
  void restore();
  void keep();
  void serve();
  bool turn(const std::array<pollfd, 5>& events);
  bool told_to_end(short control);
  void look_for_announcer();
  void hear();
  void wake();
  void land();
  bool take_requests();
  void answer_interrupted();
  void look_after_parked();
  void set_timer();
  void tell_status();
  void tell_left_out(SteadyTime now);
  void release();

  const Descriptors descriptors_;
  SharedMemory& memory_;
  FileDescriptor landed_;  // an eventfd
  FileDescriptor timer_;   // a timerfd on CLOCK_BOOTTIME, which goes off after a suspend too
  SteadyTime wake_at_;     // what the timer is set to; zero: never
  const Clock& clock_;
  GenerationMemory generations_;
  Parking parking_;
  Filesystem filesystem_;
  std::optional<Audit> audit_;
  Served served_;
  std::unique_ptr<Session> session_;
  Orders orders_;
  MetadataClient client_;
  Flight flight_;
  bool abandoned_ = false;  // by the monitor
  pid_t announcer_ = 0;
  std::uint64_t kept_changes_ = 0;
  std::string told_;
};

}  // namespace ramrolefs
