// SPDX-License-Identifier: Apache-2.0
#include "fusefs/monitor.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
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
#include "fusefs/session.h"

namespace ramrolefs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kTick = seconds(1);
/// A worker that has not moved for so many ticks, though there is something to do, hangs.
constexpr int kHungTicks = 3;
/// A worker begins within milliseconds; on a machine that hardly moves, later.
constexpr Duration kLongestStart = seconds(20);
/// So many in a row may end without having served anything until the next one has to wait.
constexpr int kAtOnce = 3;

SteadyTime now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return SteadyTime(seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

std::uint64_t since_boot() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  constexpr std::uint64_t kSecond = 1'000'000'000;
  return static_cast<std::uint64_t>(time.tv_sec) * kSecond +
         static_cast<std::uint64_t>(time.tv_nsec);
}

FileDescriptor open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&wanted, signal);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  // Ignored, as it may be inherited, it would give the number of a dead one to another process.
  std::signal(SIGCHLD, SIG_DFL);
  return FileDescriptor(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

std::array<FileDescriptor, 2> connect_pair() {
  std::array<int, 2> ends{-1, -1};
  socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

FileDescriptor open_program(const char* path) {
  return FileDescriptor(open(path, O_RDONLY | O_CLOEXEC));
}

short look(int descriptor, short events) {
  pollfd one{descriptor, events, 0};
  return poll(&one, 1, 0) > 0 ? one.revents : short{0};
}

void say(const FileDescriptor& control, ControlWord word) {
  send(control.get(), &word, sizeof word, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// 10 ms, and up to a second.
Duration pause_after(int failures) {
  if (failures < kAtOnce) return Duration::zero();
  return std::min<Duration>(milliseconds(10) * (1 << std::min(failures - kAtOnce, 10)), seconds(1));
}

const char* how(int status) {
  if (WIFSIGNALED(status)) return strsignal(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "it has ended" : "it has ended with an error";
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
      program_(open_program("/proc/self/exe")) {}

Monitor::~Monitor() = default;

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
                                {journal_ ? mount_.device() : -1, POLLIN, 0}}};
  SteadyTime until = ticked_ + kTick;
  if (worker_.process < 0) until = std::min(until, restart_at_);
  if (announcer_ < 0 && visible_) until = std::min(until, announce_at_);
  if (table_changed_) until = std::min(until, look_at_);
  const auto left = std::chrono::ceil<milliseconds>(std::max(until - now(), Duration::zero()));
  poll(events.data(), events.size(), static_cast<int>(left.count()));
  if (events[0].revents != 0) take_signals();
  if (events[1].revents != 0) listen(worker_);
  if (events[2].revents != 0) listen(successor_);
  table_changed_ |= events[3].revents != 0;
  if (now() >= ticked_ + kTick) tick();
  if (ending_) return;
  if (table_changed_ && now() >= look_at_) look_at_table();
  if (successor_wanted_ && successor_.process < 0) start_successor();
  if (worker_.process < 0 && now() >= restart_at_) {
    start_worker(worker_, program_, Origin::in_force);
  }
  if (announcer_ < 0 && visible_ && now() >= announce_at_) start_announcer();
  const bool too_long = now() >= without_since_ + options_.without;
  if (!worker_.serving && too_long) answer_in_place_of_worker();
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
    if (ended == announcer_) {
      announcer_ended(status);
    }
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
  log_.warning("the announcer has ended (%s): another one", how(status));
}

void Monitor::worker_ended(int status) {
  const bool was_ready = ready_ == nullptr || options_.adopted;
  const bool of_use = worker_.serving && served() != worker_.served;
  if (worker_.serving) without_since_ = now();
  worker_ = Worker();
  if (ending_) return;
  if (WIFEXITED(status) && filesystem_gone()) {
    ending_ = true;
    return;
  }
  if (!was_ready) {  // its first: it has said why
    ending_ = true;
    status_ = 1;
    return;
  }
  ++memory_.frozen().vitals.takeovers;
  memory_.frozen().vitals.without_since = since_boot();
  if (successor_.ready) return hand_over();
  failures_ = of_use ? 0 : failures_ + 1;
  if (of_use) program_before_.close();
  if (failures_ >= kAtOnce && program_before_.valid()) {
    log_.warning("the new program serves nothing: the one before it goes on");
    program_ = std::move(program_before_);
  }
  restart_at_ = now() + pause_after(failures_);
  log_.warning("the worker has ended (%s): another one takes over", how(status));
}

void Monitor::successor_ended(int status) {
  if (successor_.ready) manager_.tell("READY=1");  // it was to be reloaded
  successor_ = Worker();
  log_.warning("SIGHUP: the new worker has ended before it was ready (%s); all goes on as it was",
               how(status));
}

void Monitor::listen(Worker& worker) {
  char word = 0;
  const auto got = recv(worker.control.get(), &word, sizeof word, MSG_DONTWAIT);
  if (got == 0) worker.control.close();  // SIGCHLD will say the rest
  if (got != sizeof word) return;
  if (word == static_cast<char>(ControlWord::serves) && ready_) {
    std::exchange(ready_, nullptr)();
    manager_.tell("READY=1");
  } else if (word == static_cast<char>(ControlWord::ready) && &worker == &worker_) {
    put_in_charge(worker_);
  } else if (word == static_cast<char>(ControlWord::ready)) {
    successor_.ready = true;
    manager_.tell("RELOADING=1");
    worker_.process >= 0 ? static_cast<void>(kill(worker_.process, SIGKILL)) : hand_over();
  }
}

/// The one that was asked for is in charge, and its program is that of all to come.
void Monitor::hand_over() {
  worker_ = std::exchange(successor_, Worker());
  program_before_ = std::exchange(program_, std::move(worker_.program));
  failures_ = 0;
  put_in_charge(worker_);
  log_.info("a new worker has taken over, as SIGHUP has asked for");
  manager_.tell("READY=1");
}

/// From here on, the journal is the worker's.
void Monitor::put_in_charge(Worker& worker) {
  journal_.reset();
  worker.ready = worker.serving = true;
  worker.served = served();
  idle_ticks_ = 0;
  say(worker.control, ControlWord::go);
}

std::uint64_t Monitor::served() const {
  const Vitals& vitals = memory_.frozen().vitals;
  return vitals.received + vitals.replayed;
}

void Monitor::start_worker(Worker& worker, const FileDescriptor& program, Origin origin) {
  auto [ours, its] = connect_pair();
  worker.process =
      spawn_worker(program.get(), mount_.directory().c_str(), origin,
                   {mount_.device(), memory_.descriptor(), its.get(), orders_[0].get()});
  worker.control = std::move(ours);
  worker.started = now();
  if (worker.process >= 0) return;
  log_.warning("no worker can be started: %s", strerror(errno));
  restart_at_ = now() + seconds(1);
}

void Monitor::start_successor() {
  successor_wanted_ = false;
  successor_ = Worker();
  successor_.program = open_program(options_.program.c_str());
  if (successor_.program.valid()) start_worker(successor_, successor_.program, Origin::anew);
  if (successor_.process >= 0) return;
  log_.warning("SIGHUP: %s can't be started; all goes on as it was", options_.program.c_str());
}

void Monitor::start_announcer() {
  if (geteuid() == 0 && !mount_.clone().valid()) {
    memory_.frozen().vitals.announcer = -1;
    announce_at_ = SteadyTime::max();
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
  manager_.keep_no_more("clone");
  if (announcer_ >= 0) kill(announcer_, SIGKILL);
}

bool Monitor::filesystem_gone() const {
  return (look(mount_.device(), 0) & POLLERR) != 0;
}

void Monitor::tick() {
  ticked_ = now();
  pass_status_on();
  if (manager_.heartbeat()) manager_.tell("WATCHDOG=1");
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

bool Monitor::hangs() {
  const std::uint64_t turns = memory_.frozen().vitals.turns;
  const bool busy = turns % 2 != 0 || (look(mount_.device(), POLLIN) & POLLIN) != 0;
  idle_ticks_ = busy && turns == turns_ ? idle_ticks_ + 1 : 0;
  turns_ = turns;
  return idle_ticks_ >= kHungTicks;
}

/// Nobody must wait for ever, or be told that the mount is dead.
void Monitor::answer_in_place_of_worker() {
  if (!journal_) {
    journal_.emplace(memory_.frozen());
    log_.warning("there is no worker: readers get EIO");
  }
  const auto answer = [&](Journal::Place place) {
    fuse_in_header header{};
    std::memcpy(&header, (*journal_)[place].request.data(), sizeof header);
    if (header.opcode == FUSE_INIT) return;  // a worker's to answer
    const bool mute = header.opcode == FUSE_FORGET || header.opcode == FUSE_BATCH_FORGET ||
                      header.opcode == FUSE_INTERRUPT;
    if (!mute) reply_with_error(mount_.device(), header.unique, EIO);
    journal_->free(place);
  };
  for (auto place = journal_->next_used(0); place <= Journal::kLast;
       place = journal_->next_used(place + 1)) {
    answer(place);
  }
  constexpr int kMostAtOnce = 64;
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto received = journal_->receive(mount_.device(), buffer_);
    if (received.size == 0) ending_ = true;
    if (received.size <= 0) return;
    answer(received.place);
  }
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
  for (const char* name : {"fuse", "memory", "clone"}) manager_.keep_no_more(name);
}

/// `process` is a member, which reap() sets to -1 once it has ended.
bool Monitor::reap_within(const pid_t& process, Duration limit) {
  const SteadyTime until = now() + limit;
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
  return process < 0;
}

}  // namespace ramrolefs
