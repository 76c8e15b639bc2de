// SPDX-License-Identifier: Apache-2.0
#include "fusefs/server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include "common/log.h"

namespace ramrolefs {
namespace {

// So that a flood of requests holds up neither a signal nor the end of a flight.
constexpr int kMostAtOnce = 64;

FileDescriptor open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  return FileDescriptor(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// Takes what a descriptor that counts events has to tell: an eventfd, a timerfd.
void drain(const FileDescriptor& descriptor) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor.get(), &count, sizeof count);
}

void count_one(const FileDescriptor& eventfd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(eventfd.get(), &one, sizeof one);
}

/// How long the loop may sleep without a sign of life, for poll(2): half of what is still in time.
int heartbeat_pause(const ServiceManager& manager) {
  if (!manager.heartbeat()) return -1;
  return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(*manager.heartbeat() / 2).count());
}

timespec to_timespec(SteadyTime time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), (since - seconds).count()};
}

}  // namespace

Server::Server(const Options& options, const Clock& clock, MetadataTransport& transport,
               ServiceManager& manager)
    : landed_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      signals_(open_signals()),
      timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)),
      generations_((Generations::kKept + 1) * GenerationMemory::kSlotSize),
      memory_(generations_.bytes()),
      filesystem_(options.filesystem, clock, memory_, counter_, [this] { flight_.take_off(); }),
      served_{filesystem_, parking_, [] {}},
      client_(transport, clock, options.client),
      flight_(client_, transport, options.filesystem.refresh.timeout,
              [this] { count_one(landed_); }),
      clock_(clock),
      manager_(manager) {}

Served& Server::served(std::function<void()> ready) {
  served_.ready = std::move(ready);
  return served_;
}

Server::End Server::run(Mount& mount, Announcer& announcer,
                        const std::function<bool()>& may_restart) {
  announcing_ = announcer.running();
  if (announcing_) filesystem_.announcer_begins(announcer.process());
  fuse_session* session = mount.session();
  std::array<pollfd, 6> events{{{fuse_session_fd(session), POLLIN, 0},
                                {landed_.get(), POLLIN, 0},
                                {timer_.get(), POLLIN, 0},
                                {signals_.get(), POLLIN, 0},
                                {announcer.descriptor(), POLLIN, 0},
                                {mount.table(), POLLPRI, 0}}};
  const auto& [request, landing, timer, signal, answer, mounts] = events;
  while (fuse_session_exited(session) == 0) {
    if (poll(events.data(), events.size(), heartbeat_pause(manager_)) < 0 && errno != EINTR) {
      log::warning("poll: {}", std::strerror(errno));
      return End::stop;
    }
    try {
      if (signal.revents != 0) {
        if (const auto end = take_signal(may_restart)) return *end;
      }
      // The clone that the announcer holds keeps the filesystem alive when it is unmounted.
      if (mounts.revents != 0 && !mount.is_visible()) stop_announcing(announcer);
      if (answer.revents != 0) hear(announcer);
      if (timer.revents != 0) wake();
      if (landing.revents != 0) land();
      // Before new requests: who was parked first is told first.
      if (landing.revents != 0 || timer.revents != 0) look_after_parked();
      if (request.revents != 0) take_requests(session);
      announce(announcer);
      events[4].fd = announcer.descriptor();
      set_timer();
      tell_manager(landing.revents != 0 || timer.revents != 0);
    } catch (const std::bad_alloc&) {
      log::warning("no memory");  // the mount, and what is in hand, are worth another round
    }
  }
  return End::stop;
}

void Server::announce(Announcer& announcer) {
  if (!announcing_) return;
  for (const Rename& rename : filesystem_.to_announce()) {
    announcer.order(rename);
    ordered_.push_back(rename);
  }
  if (announcer.running()) return;
  log::warning("the announcer has ended: no watcher is told of a rotation any more");
  stop_announcing(announcer);
}

void Server::stop_announcing(Announcer& announcer) {
  announcing_ = false;
  announcer.end();
  filesystem_.announcer_ended();
}

void Server::hear(Announcer& announcer) {
  if (!announcing_) return;
  while (const auto error = announcer.take_answer()) {
    if (*error != 0) log::debug("a rotation could not be announced: {}", std::strerror(*error));
    if (ordered_.empty()) continue;
    filesystem_.announced(ordered_.front().generation, ordered_.front().place);
    ordered_.pop_front();
  }
}

std::optional<Server::End> Server::take_signal(const std::function<bool()>& may_restart) {
  signalfd_siginfo signal{};
  if (::read(signals_.get(), &signal, sizeof signal) != sizeof signal) return std::nullopt;
  if (signal.ssi_signo != SIGHUP) return End::stop;
  return may_restart() ? std::optional(End::restart) : std::nullopt;
}

void Server::wake() {
  drain(timer_);
  wake_at_ = SteadyTime();
  filesystem_.tick();
}

void Server::land() {
  drain(landed_);
  auto brought = flight_.collect();
  if (!brought) return;
  try {
    filesystem_.landed(std::move(*brought));
  } catch (const std::bad_alloc&) {
    filesystem_.landed(tl::unexpected(Failure{Cause::local, "no memory"}));
  }
}

void Server::take_requests(fuse_session* session) {
  for (int i = 0; i < kMostAtOnce; ++i) {
    if (fuse_session_receive_buf(session, &buffer_) <= 0) return;
    fuse_session_process_buf(session, &buffer_);
    for (const auto& reader : parking_.take_interrupted()) {
      fuse_reply_err(reader.request, static_cast<int>(filesystem_.interrupted(reader.caller)));
    }
  }
}

void Server::look_after_parked() {
  parking_.take_if([&](const auto& reader) { return answer_parked(filesystem_, reader); });
  if (parking_.empty()) filesystem_.nobody_parked();
}

void Server::set_timer() {
  if (parking_.empty()) filesystem_.nobody_parked();
  const SteadyTime wake_at = filesystem_.wake_at(!parking_.empty()).value_or(SteadyTime());
  if (wake_at == wake_at_) return;
  wake_at_ = wake_at;
  const itimerspec when{{}, to_timespec(wake_at)};  // zero disarms it
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Server::tell_manager(bool changed) {
  if (changed) manager_.status(filesystem_.summary());
  if (!manager_.heartbeat() || clock_.steady() < next_heartbeat_) return;
  manager_.alive();
  next_heartbeat_ = clock_.steady() + *manager_.heartbeat();
}

void Server::release() {
  parking_.take_if([](const auto& reader) {
    fuse_reply_err(reader.request, ECANCELED);
    return true;
  });
}

}  // namespace ramrolefs
