// SPDX-License-Identifier: Apache-2.0
#include "fusefs/system_calls.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace ramrolefs {
namespace {

scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp has(unsigned argument, scmp_datum_t bits, scmp_datum_t mask) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, bits};
}

scmp_arg_cmp has_none(unsigned argument, scmp_datum_t mask) {
  return has(argument, 0, mask);
}

scmp_arg_cmp has_all(unsigned argument, scmp_datum_t mask) {
  return has(argument, mask, mask);
}

class Filter {
 public:
  using When = std::initializer_list<scmp_arg_cmp>;

  explicit Filter(std::uint32_t otherwise)
      : otherwise_(otherwise), context_(seccomp_init(otherwise), seccomp_release) {
    if (!context_) fail(-ENOMEM);
    if (context_)
      fail(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  void on(std::uint32_t action, int call, When when = {}) {
    // To say again what happens otherwise is an error of libseccomp's.
    if (!context_ || action == otherwise_) return;
    fail(seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(when.size()),
                                when.begin()));
  }
  void allow(int call, When when = {}) { on(SCMP_ACT_ALLOW, call, when); }
  void kill(int call, When when = {}) { on(SCMP_ACT_KILL_PROCESS, call, when); }

  tl::expected<void, std::string> load() {
    if (error_ == 0) fail(seccomp_load(context_.get()));
    if (error_ == 0) return {};
    return tl::unexpected(std::string("can't filter system calls: ") + std::strerror(-error_));
  }

 private:
  void fail(int error) {
    if (error_ == 0) error_ = error;
  }

  std::uint32_t otherwise_;
  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int error_ = 0;
};

constexpr int kHarmless[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(lseek), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(dup), SCMP_SYS(eventfd2),
    SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime),
    // Sockets that there are, and how to the metadata service one comes to be.
    SCMP_SYS(connect), SCMP_SYS(getsockopt), SCMP_SYS(getpeername), SCMP_SYS(getsockname),
    SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(shutdown),
    // Files, which can be opened for reading alone.
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    // Memory. mmap() and mprotect() are below.
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mlock),
    SCMP_SYS(mlock2), SCMP_SYS(munlock),
    // Threads, and signals that come. clone() is below.
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    // Time.
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time),
    // Who and where we are.
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrandom),
    SCMP_SYS(getrlimit)};

constexpr int kDangerous[] = {
    // Other programs and processes.
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(kill),
    SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(kcmp),
    // Files.
    SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(mknod),
    SCMP_SYS(mknodat), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
    SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rmdir), SCMP_SYS(rename), SCMP_SYS(renameat),
    SCMP_SYS(renameat2), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown),
    SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr), SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at),
    // Mounts and namespaces.
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(open_tree),
    SCMP_SYS(move_mount), SCMP_SYS(mount_setattr), SCMP_SYS(unshare), SCMP_SYS(setns),
    // Users and limits.
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups),
    SCMP_SYS(capset), SCMP_SYS(setrlimit), SCMP_SYS(personality),
    // Sockets that others come to.
    SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
    // Parts of the kernel in which much was found.
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(io_setup), SCMP_SYS(vmsplice),
    SCMP_SYS(pkey_mprotect), SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load)};

void add_files(Filter& filter) {
  constexpr int kTmpfile = O_TMPFILE & ~O_DIRECTORY;
  constexpr int kWrites[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, kTmpfile};
  scmp_datum_t all = 0;
  for (const int one : kWrites) {
    filter.kill(SCMP_SYS(openat), {has_all(2, static_cast<scmp_datum_t>(one))});
    all |= static_cast<scmp_datum_t>(one);
  }
  filter.allow(SCMP_SYS(openat), {has_none(2, all)});
  // No locks, no leases, no signals at what happens to a descriptor.
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC}) {
    filter.allow(SCMP_SYS(fcntl), {equals(1, static_cast<scmp_datum_t>(command))});
  }
}

void add_memory(Filter& filter) {
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    filter.allow(call, {has_none(2, PROT_EXEC)});
    filter.kill(call, {has_all(2, PROT_EXEC)});
  }
}

void add_threads(Filter& filter) {
  filter.allow(SCMP_SYS(clone), {has_all(0, CLONE_THREAD)});
  filter.kill(SCMP_SYS(clone), {has_none(0, CLONE_THREAD)});
  // It takes its flags by a pointer; libc falls back on clone().
  filter.on(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  // Itself alone: abort(3).
  filter.allow(SCMP_SYS(tgkill), {equals(0, static_cast<scmp_datum_t>(getpid()))});
  for (const int option : {PR_SET_NAME, PR_SET_VMA}) {
    filter.allow(SCMP_SYS(prctl), {equals(0, static_cast<scmp_datum_t>(option))});
  }
  filter.allow(SCMP_SYS(prlimit64), {equals(2, 0)});  // it sets none
}

void add_sockets(Filter& filter) {
  constexpr scmp_datum_t kType = 0xf;  // the rest: SOCK_CLOEXEC, SOCK_NONBLOCK
  for (const int family : {AF_INET, AF_INET6}) {
    const scmp_arg_cmp of_family = equals(0, static_cast<scmp_datum_t>(family));
    filter.allow(SCMP_SYS(socket), {of_family, has(1, SOCK_STREAM, kType), equals(2, IPPROTO_TCP)});
    // By this libcurl looks whether there is IPv6, and a resolver asks.
    filter.on(SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
              {of_family, has(1, SOCK_DGRAM, kType)});
  }
  for (const int family : {AF_UNIX, AF_NETLINK}) {  // of libc: syslog(3), getaddrinfo(3)
    filter.on(SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
              {equals(0, static_cast<scmp_datum_t>(family))});
  }
  filter.allow(SCMP_SYS(socketpair), {equals(0, AF_UNIX)});  // libcurl wakes itself by it
  for (const int level : {int{SOL_SOCKET}, int{IPPROTO_TCP}}) {
    filter.allow(SCMP_SYS(setsockopt), {equals(1, static_cast<scmp_datum_t>(level))});
  }
}

std::uint32_t action_for_unknown() {
  const char* wanted = std::getenv("RAMROLEFS_FILTER");
  const bool kills = wanted != nullptr && std::string_view(wanted) == "kill";
  return kills ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(ENOSYS);
}

}  // namespace

tl::expected<void, std::string> leave_calls_of_worker() {
  Filter filter(action_for_unknown());
  for (const int call : kHarmless) filter.allow(call);
  for (const int call : kDangerous) filter.kill(call);
  add_files(filter);
  add_memory(filter);
  add_threads(filter);
  add_sockets(filter);
  return filter.load();
}

tl::expected<void, std::string> leave_calls_of_announcer() {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  for (const int call :
       {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recvmsg),
        SCMP_SYS(sendmsg), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)}) {
    filter.allow(call);
  }
  return filter.load();
}

}  // namespace ramrolefs
