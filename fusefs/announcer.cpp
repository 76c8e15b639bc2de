// SPDX-License-Identifier: Apache-2.0
#include "fusefs/announcer.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "fusefs/confinement.h"
#include "fusefs/processes.h"

namespace ramrolefs {
namespace {

constexpr int kSocket = 3;
constexpr int kClone = 4;

/// Paths from the mount's root, each with its NUL.
struct Order {
  std::uint64_t generation;
  std::uint64_t seat;
  std::array<char, 256> from;
  std::array<char, 256> to;
};

/// Of generation 0 where an announcer begins.
struct AnswerMessage {
  std::uint64_t generation;
  std::uint64_t seat;
  std::int64_t error;
};

using Path = std::array<char, PATH_MAX + 256>;

Path path_of(const char* directory, const char* name) {
  Path path{};
  std::snprintf(path.data(), path.size(), "%s%s", directory, name);
  return path;
}

/// Makes one rename after another.
[[noreturn]] void announce(const char* prefix, int directory) {
  const AnswerMessage begins{};
  if (send(kSocket, &begins, sizeof begins, MSG_NOSIGNAL) < 0) _exit(0);
  for (;;) {
    Order order{};
    const ssize_t got = recv(kSocket, &order, sizeof order, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof order) _exit(0);
    const Path from = path_of(prefix, order.from.data());
    const Path to = path_of(prefix, order.to.data());
    const std::int64_t error =
        renameat(directory, from.data(), directory, to.data()) == 0 ? 0 : errno;
    const AnswerMessage answer{order.generation, order.seat, error};
    if (send(kSocket, &answer, sizeof answer, MSG_NOSIGNAL) < 0) _exit(0);
  }
}

template <std::size_t Size>
void set_name(std::array<char, Size>& field, const std::string& name) {
  std::copy_n(name.begin(), std::min(name.size(), Size - 1), field.begin());
}

}  // namespace

void Orders::give(const Rename& rename) const {
  Order order{};
  order.generation = static_cast<std::uint64_t>(rename.generation);
  order.seat = rename.seat.raw();
  set_name(order.from, rename.from);
  set_name(order.to, rename.to);
  send(socket_, &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<Orders::Answer> Orders::take_answer() const {
  AnswerMessage message{};
  if (recv(socket_, &message, sizeof message, MSG_DONTWAIT) != sizeof message) return std::nullopt;
  return Answer{message.generation == 0, GenerationId{message.generation}, Seat(message.seat),
                static_cast<int>(message.error)};
}

pid_t spawn_announcer(int socket, int clone, const char* directory, const Identity& identity) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  settle_child({socket, clone, -1, -1}, parent);
  close_range(clone < 0 ? kClone : kClone + 1, ~0U, 0);
  prctl(PR_SET_NAME, "announcer");
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, standard);
  close(null);
  const int mount = clone < 0 ? -1 : kClone;
  if (!confine_announcer({identity, parent}, mount, directory)) _exit(kCantBegin);
  if (clone >= 0) announce("", kClone);
  Path prefix{};
  std::snprintf(prefix.data(), prefix.size(), "%s/", directory);
  announce(prefix.data(), AT_FDCWD);
}

}  // namespace ramrolefs
