// SPDX-License-Identifier: Apache-2.0
#include "fusefs/monitor.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

#include "fusefs/announcer.h"
#include "fusefs/processes.h"

namespace ramrolefs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kTick = seconds(1);
/// A worker begins within milliseconds; on a machine that hardly moves, later.
constexpr Duration kLongestStart = seconds(20);

FileDescriptor open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&wanted, signal);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  // Ignored, as it may be inherited, it would give the number of a dead one to another process.
  std::signal(SIGCHLD, SIG_DFL);
  return FileDescriptor(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

Monitor::Monitor(const Options& options, Mount& mount, SharedMemory& memory,
                 const ServiceManager& manager, const MonitorLog& log, std::function<void()> ready)
    : options_(options),
      mount_(mount),
      memory_(memory),
      manager_(manager),
      log_(log),
      ready_(std::move(ready)),
      signals_(open_signals()),
      orders_(connect_pair()),
      program_(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)),
      stand_in_(memory.frozen(), mount.device()) {}

Monitor::~Monitor() = default;

Monitor::Moment Monitor::now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return Moment(seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

int Monitor::run() {
  without_since_ = ticked_ = now();
  start_announcer();
  start_worker(worker_, program_, Origin::in_force);
  while (!ending_) wait();
  end();
  return status_;
}

/// Waits for the next thing that happens, and does what it takes.
void Monitor::wait() {
  std::array<pollfd, 5> events{{{signals_.get(), POLLIN, 0},
                                {worker_.control.get(), POLLIN, 0},
                                {successor_.control.get(), POLLIN, 0},
                                {visible_ ? mount_.table() : -1, POLLPRI, 0},
                                {stand_in_.is_on() ? mount_.device() : -1, POLLIN, 0}}};
  Moment until = std::min(ticked_ + kTick, beat_at_);
  if (worker_.process < 0) until = std::min(until, restart_at_);
  if (announcer_ < 0 && visible_) until = std::min(until, announce_at_);
  if (table_changed_) until = std::min(until, look_at_);
  const auto left = std::chrono::ceil<milliseconds>(std::max(until - now(), Duration::zero()));
  poll(events.data(), events.size(), static_cast<int>(left.count()));
  if (events[0].revents != 0) take_signals();
  if (events[1].revents != 0) listen(worker_);
  if (events[2].revents != 0) listen(successor_);
  table_changed_ |= events[3].revents != 0;
  if (now() >= beat_at_) beat();
  if (now() >= ticked_ + kTick) tick();
  if (ending_) return;
  if (table_changed_ && now() >= look_at_) look_at_table();
  if (successor_wanted_ && successor_.process < 0) start_successor();
  if (worker_.process < 0 && now() >= restart_at_) {
    start_worker(worker_, program_, Origin::in_force);
  }
  if (announcer_ < 0 && visible_ && now() >= announce_at_) start_announcer();
  const bool too_long = now() >= without_since_ + options_.without;
  if (!worker_.serving && too_long) have_stood_in();
}

void Monitor::take_signals() {
  signalfd_siginfo signal{};
  while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGCHLD) {
      reap();
    } else if (signal.ssi_signo != SIGHUP || options_.hangup_is_end) {
      ending_ = true;
    } else {
      successor_wanted_ = true;
    }
  }
}

void Monitor::reap() {
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == worker_.process) worker_ended(status);
    if (ended == successor_.process) successor_ended(status);
    if (ended == announcer_) announcer_ended(status);
    if (ended == looker_) {
      looker_ = -1;
      if (WIFEXITED(status) && WEXITSTATUS(status) != 0) visible_mount_gone();
    }
  }
}

void Monitor::announcer_ended(int status) {
  announcer_ = -1;
  if (!visible_ || ending_) return;
  memory_.frozen().vitals.announcer = 0;
  announce_at_ = now() + milliseconds(100);
  log_.warning("the announcer has ended (%s): another one", how_it_ended(status));
}

void Monitor::start_announcer() {
  if (geteuid() == 0 && !mount_.clone().valid()) {
    memory_.frozen().vitals.announcer = -1;
    announce_at_ = Moment::max();
    return;
  }
  announcer_ = spawn_announcer(orders_[1].get(), mount_.clone().get(), mount_.directory().c_str(),
                               options_.identity);
  memory_.frozen().vitals.announcer = std::max(announcer_, 0);
  announce_at_ = now() + seconds(1);
}

/// The clone keeps the filesystem alive when it is unmounted. The table is read by a child.
void Monitor::look_at_table() {
  look_at_ = now() + seconds(1);  // there may be many changes that are none of ours
  if (looker_ >= 0) return;
  table_changed_ = false;
  looker_ = fork();
  if (looker_ == 0) _exit(mount_.is_visible() ? 0 : 1);
}

void Monitor::visible_mount_gone() {
  visible_ = false;
  memory_.frozen().vitals.announcer = -1;
  mount_.let_clone_go();
  manager_.keep_no_more(kKeptClone);
  if (announcer_ >= 0) kill(announcer_, SIGKILL);
}

bool Monitor::filesystem_gone() const {
  return (device_says(0) & POLLERR) != 0;
}

short Monitor::device_says(short events) const {
  pollfd device{mount_.device(), events, 0};
  return poll(&device, 1, 0) > 0 ? device.revents : short{0};
}

void Monitor::have_stood_in() {
  if (!stand_in_.is_on()) log_.warning("there is no worker: readers get EIO");
  if (!stand_in_.answer()) ending_ = true;
}

/// Who does not hear this any more kills the monitor, and keeps what belongs to the mount for
/// another one.
void Monitor::beat() {
  const auto heartbeat = manager_.heartbeat();
  beat_at_ = heartbeat ? now() + *heartbeat : Moment::max();
  if (heartbeat) manager_.tell("WATCHDOG=1");
}

void Monitor::tick() {
  ticked_ = now();
  pass_status_on();
  if (worker_.serving && hangs()) {
    log_.warning(
        "the worker does nothing, though there is something to do: another one takes over");
    kill(worker_.process, SIGKILL);
  }
  for (const Worker* worker : {&worker_, &successor_}) {
    if (worker->process >= 0 && !worker->ready && now() >= worker->started + kLongestStart) {
      log_.warning("a worker does not get ready: it is ended");
      kill(worker->process, SIGKILL);
    }
  }
  if (!worker_.serving && filesystem_gone()) ending_ = true;
}

/// Nothing but its text: a line end would begin an order to the service manager.
void Monitor::pass_status_on() {
  const StatusLine& status = memory_.frozen().status;
  if (status.changes == status_changes_) return;
  status_changes_ = status.changes;
  constexpr std::string_view kHead = "STATUS=";
  std::array<char, kHead.size() + sizeof status.text> words{};
  std::size_t size = kHead.copy(words.data(), kHead.size());
  for (const char letter : status.text) {
    if (letter >= 0 && letter < ' ') break;
    words[size++] = letter;
  }
  manager_.tell({words.data(), size});
}

/// First the mount, so that nobody comes any more; then who waits in it is told.
void Monitor::end() {
  manager_.tell("STOPPING=1");
  if (visible_ && !filesystem_gone()) {
    const pid_t child = fork();
    if (child == 0) {
      mount_.unmount();
      _exit(0);
    }
    looker_ = child;
    reap_within(looker_, seconds(10));
  }
  if (worker_.process >= 0) {
    say(worker_.control, ControlWord::end);
    if (!worker_.serving) kill(worker_.process, SIGKILL);
  }
  if (successor_.process >= 0) kill(successor_.process, SIGKILL);
  reap_within(worker_.process, seconds(2));
  visible_ = false;
  for (const pid_t process : {worker_.process, announcer_, looker_}) {
    if (process >= 0) kill(process, SIGKILL);
  }
  mount_.let_clone_go();
  for (const pid_t* process : {&worker_.process, &successor_.process, &announcer_}) {
    reap_within(*process, seconds(1));
  }
  manager_.keep_nothing();
}

/// `process` is a member, which reap() sets to -1 once it has ended.
void Monitor::reap_within(const pid_t& process, Duration limit) {
  const Moment until = now() + limit;
  while (process >= 0) {
    reap();
    const Duration left = until - now();
    if (process < 0 || left <= Duration::zero()) break;
    pollfd event{signals_.get(), POLLIN, 0};
    poll(&event, 1, 10);
    signalfd_siginfo signal{};
    while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    }
  }
}

}  // namespace ramrolefs
