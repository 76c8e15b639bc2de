// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>

#include "common/clock.h"
#include "common/flight.h"
#include "common/metadata_client.h"
#include "common/metadata_transport.h"
#include "fusefs/announcer.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/filesystem.h"
#include "fusefs/fuse_operations.h"
#include "fusefs/mount.h"
#include "fusefs/parking.h"
#include "fusefs/service_manager.h"

namespace ramrolefs {

/// Serves a mount: takes the kernel's requests, the ends of flights, the signals that end it, and
/// the moments at which parked readers must be looked at again, one after another, on one thread.
///
/// One is enough: the kernel answers nearly all reads by itself, and no handler blocks. So nothing
/// here is locked but the box in which Flight leaves what it brought.
///
/// Threads   the constructor and run() on one; Flight has its own.
/// Owns      the parked readers, the flight.
class Server {
 public:
  struct Options {
    Filesystem::Options filesystem;
    MetadataClient::Options client;
  };

  /// `clock`, `transport` and `manager` must outlive it. Blocks SIGTERM, SIGINT and SIGHUP:
  /// run() takes them.
  Server(const Options& options, const Clock& clock, MetadataTransport& transport,
         ServiceManager& manager);

  /// Whether it has got the descriptors that it works with. Nothing else may be called if not.
  bool good() const { return landed_.valid() && signals_.valid() && timer_.valid(); }

  /// For fuse_session_new(). `ready` is called when the mount answers.
  Served& served(std::function<void()> ready);

  enum class End { stop, restart };

  /// Serves until one of those signals comes, or the filesystem is unmounted. SIGHUP asks for a
  /// restart: it ends nothing as long as `may_restart` says no. After it, release() is to be
  /// called.
  End run(Mount& mount, Announcer& announcer, const std::function<bool()>& may_restart);

  /// Ends the wait of all who are parked: the mount is about to go.
  void release();

 private:
  /// Where libfuse puts a request; it allocates the memory itself, at the first one.
  struct RequestBuffer : fuse_buf {
    RequestBuffer() : fuse_buf{} {}
    RequestBuffer(const RequestBuffer&) = delete;
    RequestBuffer& operator=(const RequestBuffer&) = delete;
    ~RequestBuffer() { std::free(mem); }
  };

  std::optional<End> take_signal(const std::function<bool()>& may_restart);
  void wake();
  void land();
  void take_requests(fuse_session* session);
  void look_after_parked();
  void announce(Announcer& announcer);
  void stop_announcing(Announcer& announcer);
  void hear(Announcer& announcer);
  void set_timer();
  void tell_manager(bool changed);

  FileDescriptor landed_;   // an eventfd
  FileDescriptor signals_;  // a signalfd
  FileDescriptor timer_;    // a timerfd on CLOCK_BOOTTIME, which goes off after a suspend too
  SteadyTime wake_at_;      // what the timer is set to; zero: never
  SteadyTime next_heartbeat_;
  RequestBuffer buffer_;
  Parking parking_;
  AnonymousMemory generations_;
  GenerationMemory memory_;
  GenerationCounter counter_{};
  Filesystem filesystem_;
  Served served_;
  MetadataClient client_;
  Flight flight_;
  bool announcing_ = false;
  std::deque<Rename> ordered_;  // of the announcer, and not answered
  const Clock& clock_;
  ServiceManager& manager_;
};

}  // namespace ramrolefs
