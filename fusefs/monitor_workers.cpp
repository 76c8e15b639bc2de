// SPDX-License-Identifier: Apache-2.0
// How a Monitor begins workers, puts them in charge, and replaces them.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "fusefs/monitor.h"

namespace ramrolefs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A worker that has not moved for so many ticks, though there is something to do, hangs.
constexpr int kHungTicks = 3;
/// So many in a row may end without having served anything until the next one has to wait.
constexpr int kAtOnce = 3;

/// 10 ms, and up to a second.
Duration pause_after(int failures) {
  if (failures < kAtOnce) return Duration::zero();
  return std::min<Duration>(milliseconds(10) * (1 << std::min(failures - kAtOnce, 10)), seconds(1));
}

}  // namespace

void Monitor::worker_ended(int status) {
  const bool was_ready = ready_ == nullptr || options_.adopted;
  const bool could_begin = worker_.serving;
  const bool of_use = worker_.serving && served() != worker_.served;
  if (worker_.serving) without_since_ = now();
  worker_ = Worker();
  if (ending_) return;
  if (WIFEXITED(status) && filesystem_gone()) {
    ending_ = true;
    return;
  }
  // One that can't begin has said why. One that has begun may have been killed before it agreed
  // with the kernel.
  if (!was_ready && (!could_begin || failures_ + 1 >= kAtOnce)) {
    ending_ = true;
    status_ = 1;
    return;
  }
  ++memory_.frozen().vitals.takeovers;
  const auto since_boot = SystemClock().steady().time_since_epoch();
  memory_.frozen().vitals.without_since = static_cast<std::uint64_t>(since_boot.count());
  if (successor_.ready) return hand_over();
  failures_ = of_use ? 0 : failures_ + 1;
  if (of_use) program_before_.close();
  if (failures_ >= kAtOnce && program_before_.valid()) {
    log_.warning("the new program serves nothing: the one before it goes on");
    program_ = std::move(program_before_);
  }
  restart_at_ = now() + pause_after(failures_);
  log_.warning("the worker has ended (%s): another one takes over", how_it_ended(status));
}

void Monitor::successor_ended(int status) {
  if (successor_.ready) manager_.tell("READY=1");  // it was to be reloaded
  successor_ = Worker();
  log_.warning("SIGHUP: the new worker has ended before it was ready (%s); all goes on as it was",
               how_it_ended(status));
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
  stand_in_.stop();
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
  successor_.program = FileDescriptor(open(options_.program.c_str(), O_RDONLY | O_CLOEXEC));
  if (successor_.program.valid()) start_worker(successor_, successor_.program, Origin::anew);
  if (successor_.process >= 0) return;
  log_.warning("SIGHUP: %s can't be started; all goes on as it was", options_.program.c_str());
}

bool Monitor::hangs() {
  const std::uint64_t turns = memory_.frozen().vitals.turns;
  const bool busy = turns % 2 != 0 || (device_says(POLLIN) & POLLIN) != 0;
  idle_ticks_ = busy && turns == turns_ ? idle_ticks_ + 1 : 0;
  turns_ = turns;
  return idle_ticks_ >= kHungTicks;
}

}  // namespace ramrolefs
