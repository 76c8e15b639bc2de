// SPDX-License-Identifier: Apache-2.0
// Loaded into the program (LD_PRELOAD), makes a worker fail at a chosen call. The file that
// RAMROLEFS_FAULT names says where; it is removed as the fault begins, unless it says "again":
//
//     start                      it ends at once
//     statfs                     it aborts at each STATFS
//     serve                      it ends as soon as it is to serve, if its program file is still
//     there readv|writev before|after N   SIGKILL there, at the Nth such call of this worker
#include <dlfcn.h>
#include <fuse_lowlevel.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

namespace {

struct Plan {
  std::string what;
  std::string when;
  int number = 0;
};

const char* file() {
  return std::getenv("RAMROLEFS_FAULT");
}

Plan read_plan() {
  Plan plan;
  if (file() != nullptr) std::ifstream(file()) >> plan.what >> plan.when >> plan.number;
  return plan;
}

bool is_worker() {
  std::string name;
  std::getline(std::ifstream("/proc/self/cmdline"), name, '\0');
  return name.starts_with("ramrolefs: worker");
}

// Read while files can be opened: later, it is closed in.
Plan plan;

void die() {
  kill(getpid(), SIGKILL);
}

struct Beginning {
  Beginning() {
    if (!is_worker()) return;
    plan = read_plan();
    if (plan.what == "start") _exit(1);
    std::array<char, PATH_MAX> program{};
    if (readlink("/proc/self/exe", program.data(), program.size() - 1) < 0) _exit(1);
    if (plan.what == "serve" && std::string_view(program.data()).ends_with("(deleted)")) plan = {};
    if (plan.what.ends_with("v")) unlink(file());  // for one worker alone
  }
};
const Beginning kBeginning;

/// Around a call: kills at the chosen one.
template <typename Call>
ssize_t around(const char* name, int& count, Call call) {
  const bool chosen = plan.what == name && ++count == plan.number;
  if (chosen && plan.when == "before") die();
  const ssize_t result = call();
  if (chosen && plan.when == "after") die();
  return result;
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t readv(int descriptor, const iovec* parts, int count) {
  static int calls = 0;
  static const auto kReal = next<decltype(&::readv)>("readv");
  // Those that bring nothing don't count.
  const ssize_t got = kReal(descriptor, parts, count);
  if (got <= 0) return got;
  return around("readv", calls, [&] { return got; });
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static int calls = 0;
  static const auto kReal = next<decltype(&::writev)>("writev");
  return around("writev", calls, [&] { return kReal(descriptor, parts, count); });
}

fuse_session* fuse_session_new(fuse_args* arguments, const fuse_lowlevel_ops* operations,
                               std::size_t size, void* userdata) {
  static const auto kReal = next<decltype(&::fuse_session_new)>("fuse_session_new");
  if (plan.what == "serve") _exit(1);
  return kReal(arguments, operations, size, userdata);
}

int fuse_reply_statfs(fuse_req_t request, const struct statvfs* stat) {
  static const auto kReal = next<decltype(&::fuse_reply_statfs)>("fuse_reply_statfs");
  if (plan.what == "statfs") std::abort();
  return kReal(request, stat);
}
}
