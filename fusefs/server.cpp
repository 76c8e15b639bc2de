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

timespec to_timespec(SteadyTime time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), (since - seconds).count()};
}

}  // namespace

Server::Server(const Options& options, const Clock& clock, MetadataTransport& transport)
    : landed_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      signals_(open_signals()),
      timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)),
      filesystem_(options.filesystem, clock, [this] { flight_.take_off(); }),
      served_{filesystem_, parking_, [] {}},
      client_(transport, clock, options.client),
      flight_(client_, transport, options.filesystem.refresh.timeout,
              [this] { count_one(landed_); }) {}

Served& Server::served(std::function<void()> ready) {
  served_.ready = std::move(ready);
  return served_;
}

void Server::run(fuse_session* session) {
  std::array<pollfd, 4> events{{{fuse_session_fd(session), POLLIN, 0},
                                {landed_.get(), POLLIN, 0},
                                {timer_.get(), POLLIN, 0},
                                {signals_.get(), POLLIN, 0}}};
  const auto& [request, landing, timer, signal] = events;
  while (fuse_session_exited(session) == 0) {
    if (poll(events.data(), events.size(), -1) < 0 && errno != EINTR) {
      log::warning("poll: {}", std::strerror(errno));
      return;
    }
    if (signal.revents != 0) return;
    if (timer.revents != 0) {
      drain(timer_);
      wake_at_ = SteadyTime();
    }
    if (landing.revents != 0) {
      drain(landed_);
      if (auto brought = flight_.collect()) filesystem_.landed(std::move(*brought));
    }
    if (request.revents != 0) take_requests(session);
    if (landing.revents != 0 || timer.revents != 0) look_after_parked();
    set_timer();
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
}

void Server::set_timer() {
  if (parking_.empty()) filesystem_.nobody_parked();
  const SteadyTime wake_at = parking_.empty() ? SteadyTime() : filesystem_.wake_at();
  if (wake_at == wake_at_) return;
  wake_at_ = wake_at;
  const itimerspec when{{}, to_timespec(wake_at)};  // zero disarms it
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Server::release() {
  parking_.take_if([](const auto& reader) {
    fuse_reply_err(reader.request, ECANCELED);
    return true;
  });
}

}  // namespace ramrolefs
