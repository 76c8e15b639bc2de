// SPDX-License-Identifier: Apache-2.0
// The calls that a worker must not make.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "tests/e2e/confined.h"

namespace ramrolefs::e2e {
namespace {

struct Crime {
  const char* name;
  std::function<long()> commit;
};

long run_a_program() {
  std::array<char*, 1> words{nullptr};
  return execve("/bin/true", words.data(), words.data());
}

long have_a_socket_for_others(int (*call)(int)) {
  return call(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
}

int bind_it(int socket) {
  const sockaddr_in address{};
  return bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

long look_into(pid_t process) {
  iovec part{nullptr, 0};
  return process_vm_readv(process, &part, 1, &part, 1, 0);
}

const std::vector<Crime>& crimes() {
  static const std::vector<Crime> kCrimes{
      {"another program", run_a_program},
      {"another process", [] { return fork(); }},
      {"another process, by clone()", [] { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
      {"ptrace", [] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
      {"another one's memory", [] { return look_into(getppid()); }},
      {"a signal for another", [] { return kill(getppid(), 0); }},
      {"a file, made", [] { return open("/new", O_RDONLY | O_CREAT, 0600); }},
      {"a file, to be written", [] { return open("/self/comm", O_WRONLY); }},
      {"a file, to be read and written", [] { return open("/self/mem", O_RDWR); }},
      {"a file without a name", [] { return open("/", O_TMPFILE | O_RDWR, 0600); }},
      {"a file in memory", [] { return memfd_create("x", 0); }},
      {"a file less", [] { return unlink("/x"); }},
      {"a file of another name", [] { return rename("/x", "/y"); }},
      {"a directory", [] { return mkdir("/x", 0700); }},
      {"a mount", [] { return mount("x", "/", "tmpfs", 0, nullptr); }},
      {"another root", [] { return chroot("/"); }},
      {"another namespace", [] { return unshare(CLONE_NEWUSER); }},
      {"another user", [] { return setuid(0); }},
      {"an address of its own", [] { return have_a_socket_for_others(bind_it); }},
      {"callers", [] { return have_a_socket_for_others([](int s) { return listen(s, 1); }); }},
      {"executable memory",
       [] {
         void* start =
             mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return start == MAP_FAILED ? -1L : 0L;
       }},
      {"keys", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
      {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
      {"perf", [] { return syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }},
      {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
  };
  return kCrimes;
}

TEST_F(Confined, AWorkerThatDoesWhatServingNeverDoesIsKilled) {
  for (const auto& crime : crimes()) {
    const auto ended = in_child([&] {
      unsetenv("RAMROLEFS_FILTER");
      be_worker();
      return result(crime.commit());
    });
    EXPECT_EQ(ended.status, kKilledByFilter) << crime.name << ": " << ended.said;
  }
}

TEST_F(Confined, ACallThatNobodyHasThoughtOfFailsAndInTestsKills) {
  for (const bool kills : {false, true}) {
    const auto ended = in_child([&] {
      kills ? setenv("RAMROLEFS_FILTER", "kill", 1) : unsetenv("RAMROLEFS_FILTER");
      be_worker();
      return result(syscall(SYS_sync));
    });
    EXPECT_EQ(ended.status, kills ? kKilledByFilter : 0);
    EXPECT_EQ(ended.said, kills ? "" : strerror(ENOSYS));
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
