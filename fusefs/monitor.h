// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <array>
#include <functional>
#include <string>

#include "common/clock.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/identity.h"
#include "fusefs/monitor_log.h"
#include "fusefs/mount.h"
#include "fusefs/processes.h"
#include "fusefs/service_manager.h"
#include "fusefs/shared_memory.h"
#include "fusefs/stand_in.h"

namespace ramrolefs {

/// Keeps a mount alive: holds the descriptor by which the kernel is answered and the memory that
/// matters, and has a *worker* serve them. When a worker dies, or does nothing though there is
/// something to do, another one takes over; when somebody asks (SIGHUP), one of the program file
/// that is there by then, and the old one goes when that one is ready. If none can be had, it
/// answers the kernel itself, with EIO.
///
/// It can't fail: once run() has begun, it allocates nothing, parses nothing, waits for nobody
/// without a limit, and calls nothing but libc; what needs more (to look at the table of mounts, to
/// unmount) is done by a child of its own.
///
/// Threads   one.
/// Owns      its processes; they don't outlive it (PR_SET_PDEATHSIG).
class Monitor {
 public:
  struct Options {
    std::string program;   // its file, for SIGHUP
    Duration without{};    // how long readers wait while there is no worker
    bool hangup_is_end{};  // SIGHUP is a terminal's, which is gone
    bool adopted{};        // a predecessor has mounted: a worker that can't begin is not its end
    Identity identity{};   // of its processes
  };

  /// All must outlive it. `ready` is called once, when the mount answers for the first time.
  Monitor(const Options& options, Mount& mount, SharedMemory& memory, const ServiceManager& manager,
          const MonitorLog& log, std::function<void()> ready);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  /// Until a signal ends it, or somebody unmounts. Then nothing is mounted any more, and no process
  /// is left. Returns the exit status.
  int run();

 private:
  using Moment = SteadyTime;  // of CLOCK_MONOTONIC: a suspend is nobody's fault

  struct Worker {
    pid_t process = -1;
    FileDescriptor control;
    FileDescriptor program;
    Moment started;
    bool ready = false;        // it waits to be told that the mount is its own
    bool serving = false;      // it was
    std::uint64_t served = 0;  // what the journal's counters said then
  };

  static Moment now();

  void wait();
  void take_signals();
  void reap();
  void announcer_ended(int status);
  void worker_ended(int status);
  void successor_ended(int status);
  void listen(Worker& worker);
  void hand_over();
  void put_in_charge(Worker& worker);
  void start_worker(Worker& worker, const FileDescriptor& program, Origin origin);
  void start_successor();
  void start_announcer();
  void look_at_table();
  void visible_mount_gone();
  void beat();
  void tick();
  void pass_status_on();
  bool hangs();
  bool filesystem_gone() const;
  short device_says(short events) const;
  void have_stood_in();
  void end();
  void reap_within(const pid_t& process, Duration limit);
  std::uint64_t served() const;

  const Options& options_;
  Mount& mount_;
  SharedMemory& memory_;
  const ServiceManager& manager_;
  const MonitorLog& log_;
  std::function<void()> ready_;

  FileDescriptor signals_;
  std::array<FileDescriptor, 2> orders_;  // the worker's end, and the announcer's
  Worker worker_;
  Worker successor_;  // of SIGHUP
  FileDescriptor program_;
  FileDescriptor program_before_;  // until that of a hand-over has been of use
  StandIn stand_in_;               // while there is no worker
  pid_t announcer_ = -1;
  pid_t looker_ = -1;  // looks at the table of mounts

  bool visible_ = true;
  bool ending_ = false;
  int status_ = 0;
  int failures_ = 0;  // of workers in a row that have served nothing
  bool table_changed_ = false;
  bool successor_wanted_ = false;
  Moment ticked_;
  Moment beat_at_;           // at the service manager's watchdog
  Moment restart_at_;        // of the worker, while there is none
  Moment look_at_;           // at the table, at the earliest
  Moment announce_at_;       // the same of the announcer
  Moment without_since_;     // there is nobody who serves
  std::uint64_t turns_ = 0;  // of the worker's loop, at the last tick
  int idle_ticks_ = 0;
  std::uint32_t status_changes_ = 0;
};

}  // namespace ramrolefs
