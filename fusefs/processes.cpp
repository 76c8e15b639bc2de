// SPDX-License-Identifier: Apache-2.0
#include "fusefs/processes.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace ramrolefs {
namespace {

constexpr int kOutOfTheWay = 64;

}  // namespace

std::array<FileDescriptor, 2> connect_pair() {
  std::array<int, 2> ends{-1, -1};
  socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void say(const FileDescriptor& control, ControlWord word) {
  send(control.get(), &word, sizeof word, MSG_NOSIGNAL | MSG_DONTWAIT);
}

const char* how_it_ended(int status) {
  if (WIFSIGNALED(status)) return strsignal(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "it has ended" : "it has ended with an error";
}

void settle_child(const Descriptors& descriptors, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCantBegin);
  // A signal to all processes of a terminal or a service is for the monitor to act on.
  setsid();
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) std::signal(signal, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  Descriptors moved{};
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    moved[i] = descriptors[i] < 0 ? -1 : fcntl(descriptors[i], F_DUPFD_CLOEXEC, kOutOfTheWay);
  }
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    const int number = kDevice + static_cast<int>(i);
    moved[i] < 0 ? close(number) : dup2(moved[i], number);
  }
}

pid_t spawn_worker(int program, const char* directory, Origin origin,
                   const Descriptors& descriptors) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int own_program = fcntl(program, F_DUPFD_CLOEXEC, kOutOfTheWay);
  settle_child(descriptors, parent);
  close_range(kEndOfDescriptors, ~0U, CLOSE_RANGE_CLOEXEC);
  const std::array<const char*, 4> words{kWorkerName.data(), directory,
                                         kOriginWords[static_cast<std::size_t>(origin)].data(),
                                         nullptr};
  execveat(own_program, "", const_cast<char* const*>(words.data()), environ, AT_EMPTY_PATH);
  _exit(kCantBegin);
}

}  // namespace ramrolefs
