// SPDX-License-Identifier: Apache-2.0
#include "fusefs/daemon.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace ramrolefs {
namespace {

int wait_for_daemon(pid_t daemon, const FileDescriptor& ready) {
  char sign = 0;
  ssize_t got = 0;
  do {
    got = ::read(ready.get(), &sign, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1) return 0;
  // It ended before it was ready, and has said why.
  int status = 0;
  while (waitpid(daemon, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1;
}

/// What guard_process() has found.
struct Inherited {
  rlimit core;
  void (*broken_pipe)(int);
};
Inherited inherited{{0, 0}, SIG_DFL};

bool standard_error_is_file() {
  struct stat stat {};
  return fstat(STDERR_FILENO, &stat) == 0 && S_ISREG(stat.st_mode);
}

}  // namespace

void Daemon::guard_process() {
  int descriptor = open("/dev/null", O_RDWR);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = dup(descriptor);
  if (descriptor >= 0) ::close(descriptor);

  // The hard limit stays: who is not root could not give it back.
  getrlimit(RLIMIT_CORE, &inherited.core);
  const rlimit none{0, inherited.core.rlim_max};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);  // a core that is piped to a program knows no limit (core(5))
  inherited.broken_pipe = std::signal(SIGPIPE, SIG_IGN);
}

void Daemon::unguard_process() {
  setrlimit(RLIMIT_CORE, &inherited.core);
  std::signal(SIGPIPE, inherited.broken_pipe);
}

std::optional<int> Daemon::detach() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    std::fprintf(stderr, "ramrolefs: pipe: %s\n", strerror(errno));
    return 1;
  }
  const FileDescriptor parents(ends[0]);
  FileDescriptor daemons(ends[1]);
  const pid_t daemon = fork();
  if (daemon < 0) {
    std::fprintf(stderr, "ramrolefs: fork: %s\n", strerror(errno));
    return 1;
  }
  if (daemon > 0) {
    daemons.close();
    return wait_for_daemon(daemon, parents);
  }
  ready_ = std::move(daemons);
  return std::nullopt;
}

void Daemon::ready() {
  if (!ready_.valid()) return;
  // Not before it is mounted: autofs lets nobody onto a mount point that is to be mounted, but the
  // process group of the service manager, in which mount(8) was started (x-systemd.automount).
  setsid();
  give_up_terminal();
  [[maybe_unused]] const auto told = ::write(ready_.get(), "!", 1);
  ready_.close();
}

void give_up_terminal() {
  const FileDescriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  dup2(null.get(), STDIN_FILENO);
  dup2(null.get(), STDOUT_FILENO);
  if (!standard_error_is_file()) dup2(null.get(), STDERR_FILENO);
}

log::Sink log_sink(bool foreground) {
  return foreground || standard_error_is_file() ? log::Sink::standard_error : log::Sink::syslog;
}

}  // namespace ramrolefs
