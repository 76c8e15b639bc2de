// SPDX-License-Identifier: Apache-2.0
#include "fusefs/announcer.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>

namespace ramrolefs {
namespace {

constexpr int kSocket = 3;

/// The one descriptor of a message.
struct Passed {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};

  void attach(msghdr& message) {
    message.msg_control = space.data();
    message.msg_controllen = space.size();
  }
  static int* number(msghdr& message) {
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    return header == nullptr ? nullptr : reinterpret_cast<int*>(CMSG_DATA(header));
  }
};

/// What the new process keeps of the old one: one end of the socket. A signal to all processes of a
/// service, or from a terminal, is for the old one to act on.
void become_announcer(int socket) {
  setsid();
  prctl(PR_SET_NAME, "announcer");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) std::signal(signal, SIG_IGN);
  const int null = open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, standard);
  if (socket != kSocket) dup2(socket, kSocket);
  close_range(kSocket + 1, ~0U, 0);
  [[maybe_unused]] const int done = chdir("/");
}

/// Makes one rename after another, until nobody is there to order any. Allocates nothing: it is the
/// child of a fork(2).
[[noreturn]] void announce(int socket) {
  become_announcer(socket);
  std::array<char, std::size_t{2} * PATH_MAX> names{};
  int directory = AT_FDCWD;
  for (;;) {
    iovec part{names.data(), names.size() - 1};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    Passed passed;
    passed.attach(message);
    const ssize_t got = recvmsg(kSocket, &message, MSG_CMSG_CLOEXEC);
    if (got <= 0) _exit(0);
    if (const int* number = Passed::number(message)) {
      directory = *number;
      continue;
    }
    names[static_cast<std::size_t>(got)] = '\0';
    const char* from = names.data();
    const char* to = from + std::strlen(from) + 1;
    const int error = renameat(directory, from, directory, to) == 0 ? 0 : errno;
    if (send(kSocket, &error, sizeof error, MSG_NOSIGNAL) < 0) _exit(0);
  }
}

}  // namespace

Announcer::Announcer() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  FileDescriptor ours(ends[0]);
  const FileDescriptor its(ends[1]);
  // Ignored, as it may be inherited, it would give the number of a dead one to another process.
  std::signal(SIGCHLD, SIG_DFL);
  process_ = fork();
  if (process_ == 0) announce(its.get());
  if (process_ > 0) socket_ = std::move(ours);
}

void Announcer::end() {
  socket_.close();
  if (process_ > 0) kill(process_, SIGKILL);
}

Announcer::~Announcer() {
  end();
  constexpr timespec kPause{0, 10'000'000};
  for (int i = 0; process_ > 0 && i < 100; ++i) {
    if (waitpid(process_, nullptr, WNOHANG) != 0) return;
    nanosleep(&kPause, nullptr);
  }
}

void Announcer::work_in(FileDescriptor mount) {
  char something = 0;
  iovec part{&something, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Passed passed;
  passed.attach(message);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  *Passed::number(message) = mount.get();
  if (sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0) end();
}

void Announcer::order(const Rename& rename) {
  const auto part = [](const std::string& text, std::size_t size) {
    return iovec{const_cast<char*>(text.data()), size};  // sendmsg(2) changes nothing
  };
  std::array<iovec, 4> parts{part(prefix_, prefix_.size()),
                             part(rename.from, rename.from.size() + 1),  // with its NUL
                             part(prefix_, prefix_.size()), part(rename.to, rename.to.size())};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  // Full, it has not answered for hundreds of renames.
  if (sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) end();
}

std::optional<int> Announcer::take_answer() {
  int error = 0;
  const ssize_t got = recv(socket_.get(), &error, sizeof error, MSG_DONTWAIT);
  if (got == sizeof error) return error;
  if (got >= 0 || errno != EAGAIN) socket_.close();
  return std::nullopt;
}

}  // namespace ramrolefs
