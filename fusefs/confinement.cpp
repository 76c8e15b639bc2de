// SPDX-License-Identifier: Apache-2.0
#include "fusefs/confinement.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include "common/sanitizer.h"
#include "fusefs/file_access.h"
#include "fusefs/proc.h"
#include "fusefs/system_calls.h"

namespace ramrolefs {
namespace {

using Confined = tl::expected<void, std::string>;

constexpr bool kSanitized = RAMROLEFS_SANITIZED != 0;

Confined failed(const std::string& what) {
  return tl::unexpected("can't " + what + ": " + std::strerror(errno));
}

/// If it can't be, the kernel kills another one first: no reason not to serve.
void set_oom_score(int score) {
  const std::string text = std::to_string(score);
  const FileDescriptor file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  [[maybe_unused]] const auto written = ::write(file.get(), text.data(), text.size());
}

void set_limits() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  rlimit memory{RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &memory) == 0) return;
  getrlimit(RLIMIT_MEMLOCK, &memory);  // as much as we may ourselves
  memory.rlim_cur = memory.rlim_max;
  setrlimit(RLIMIT_MEMLOCK, &memory);
}

Confined enter(int directory) {
  if (fchdir(directory) != 0 || chroot(".") != 0) return failed("change the root directory");
  return {};
}

/// A change of the user undoes both (prctl(2)).
Confined die_with(pid_t parent) {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return failed("forbid to be traced");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failed("die with the parent");
  if (getppid() != parent) return tl::unexpected(std::string("the parent has died"));
  return {};
}

Confined drop_privileges(const Confinement& confinement) {
  return become(confinement.identity).and_then([&] { return die_with(confinement.parent); });
}

}  // namespace

Confined confine_worker(const Confinement& confinement, FileDescriptor proc) {
  const bool root = geteuid() == 0;
  if (root) set_oom_score(confinement.oom_score_adj);
  set_limits();
  tzset();
  if (root && !kSanitized) {
    if (auto entered = enter(proc.get()); !entered) return entered;
  }
  // Under landlock we may trace nobody outside of it, and such a /proc then hides all who read from
  // us (has_pid_permissions() in fs/proc/base.c). That their sets are whole counts for more.
  const bool blinding = !root && proc_hides();
  read_proc_in(std::move(proc));
  if (auto dropped = drop_privileges(confinement); !dropped || kSanitized) return dropped;
  // For root's, lest /proc/PID/root of another process of the same user lead out of here.
  if (!blinding) leave_only(FileAccess::read, root ? "/" : "/proc");
  return leave_calls_of_worker();
}

Confined confine_announcer(const Confinement& confinement, int clone, const char* directory) {
  if (geteuid() == 0) set_oom_score(confinement.oom_score_adj);
  set_limits();
  if (clone >= 0 && !kSanitized) {
    if (auto entered = enter(clone); !entered) return entered;
  }
  if (auto dropped = drop_privileges(confinement); !dropped || kSanitized) return dropped;
  if (clone < 0) leave_only(FileAccess::rename, directory);
  return leave_calls_of_announcer();
}

}  // namespace ramrolefs
