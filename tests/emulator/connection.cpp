// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ramrolefs::emulator {
namespace {

template <std::size_t N>
int wait_for(std::array<pollfd, N>& what, std::optional<Duration> patience) {
  const auto until = std::chrono::steady_clock::now() + patience.value_or(Duration::zero());
  for (;;) {
    timespec left{};
    if (patience) {
      const Duration rest =
          std::max(Duration::zero(), Duration(until - std::chrono::steady_clock::now()));
      const auto seconds = std::chrono::floor<std::chrono::seconds>(rest);
      left = {.tv_sec = seconds.count(), .tv_nsec = (rest - seconds).count()};
    }
    const int ready = ::ppoll(what.data(), what.size(), patience ? &left : nullptr, nullptr);
    if (ready >= 0 || errno != EINTR) return ready;
  }
}

}  // namespace

bool Connection::wait_readable(Duration patience) {
  if (begin_ < end_) return true;
  std::array what{pollfd{.fd = socket_.get(), .events = POLLIN, .revents = 0}};
  return wait_for(what, patience) > 0;
}

ssize_t Connection::read(char* place, std::size_t size) {
  if (dropped_) return -1;
  if (begin_ == end_) {
    ssize_t got = 0;
    do {
      got = ::recv(socket_.get(), input_.data(), input_.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(place, input_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* bytes, std::size_t size) {
  if (!pace_) return write_at_once(bytes, size);
  for (std::size_t i = 0; i < size; ++i) {
    hold(*pace_, pace_->fault.seconds);
    if (write_at_once(bytes + i, 1) != 1) return -1;
  }
  return static_cast<ssize_t>(size);
}

ssize_t Connection::write_at_once(const char* bytes, std::size_t size) {
  for (std::size_t sent = 0; sent < size;) {
    if (dropped_) return -1;
    const ssize_t count = ::send(socket_.get(), bytes + sent, size - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      drop();
      return -1;
    }
    sent += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(size);
}

void Connection::suffer(std::shared_ptr<const OrderedFault> fault) {
  switch (fault->fault.kind->delivery) {
    case Delivery::late:
      return hold(*fault, fault->fault.seconds);
    case Delivery::never:
      return hold(*fault, std::nullopt);
    case Delivery::byte_by_byte:
      pace_ = std::move(fault);
      return;
    case Delivery::dropped:
      return drop();
    case Delivery::whole:
    case Delivery::cut_off:  // both are a matter of the body, which who sends it takes care of
    case Delivery::endless:
      return;
  }
}

// Waits for `duration` (for ever, if none), until the fault is lifted, or the client hangs up.
void Connection::hold(const OrderedFault& fault, std::optional<Duration> duration) {
  // POLLRDHUP: a client that gives up must not occupy a thread until somebody lifts the fault.
  std::array what{pollfd{.fd = fault.lifted.descriptor(), .events = POLLIN, .revents = 0},
                  pollfd{.fd = socket_.get(), .events = POLLRDHUP, .revents = 0}};
  wait_for(what, duration);
  if (what.back().revents != 0) drop();
}

void Connection::drop() {
  dropped_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
}

Connections::Entry::Entry(Connections& list, int descriptor)
    : list_(list), descriptor_(descriptor) {
  const std::lock_guard lock(list_.mutex_);
  list_.open_.insert(descriptor_);
  if (list_.ended_) ::shutdown(descriptor_, SHUT_RDWR);
}

Connections::Entry::~Entry() {
  const std::lock_guard lock(list_.mutex_);
  list_.open_.erase(descriptor_);
}

void Connections::end_all() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
}

}  // namespace ramrolefs::emulator
