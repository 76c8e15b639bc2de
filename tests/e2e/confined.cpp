// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/confined.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <poll.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <exception>
#include <utility>

#include "fusefs/confinement.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/proc.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

constexpr int kSays = 3;

[[noreturn]] void say_and_end(const std::string& text, int status) {
  [[maybe_unused]] const auto written = write(kSays, text.data(), text.size());
  _exit(status);
}

[[noreturn]] void become_child(int says, const std::function<std::string()>& deed) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, STDERR_FILENO);
  dup2(says, kSays);
  close_range(kSays + 1, ~0U, 0);
  try {
    say_and_end(deed(), 0);
  } catch (const std::exception& error) {
    say_and_end(error.what(), 1);
  }
}

/// Returns whether there was an end.
bool read_to_end(const FileDescriptor& file, std::string& text) {
  constexpr int kLimit = std::chrono::milliseconds(kDeadline).count();
  std::array<char, 4096> part{};
  for (pollfd readable{file.get(), POLLIN, 0}; poll(&readable, 1, kLimit) > 0;) {
    const ssize_t got = read(file.get(), part.data(), part.size());
    if (got <= 0) return true;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return false;
}

Confinement confinement() {
  const auto identity = Identity::find();
  if (!identity) say_and_end(identity.error(), 1);
  return {*identity, getppid(), 0};
}

}  // namespace

Ended in_child(const std::function<std::string()>& deed) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const FileDescriptor said(ends[0]);
  FileDescriptor says(ends[1]);
  const pid_t child = fork();
  if (child == 0) become_child(says.get(), deed);
  says.close();
  Ended ended;
  ended.hangs = !read_to_end(said, ended.said);
  if (ended.hangs) kill(child, SIGKILL);
  int raw = 0;
  waitpid(child, &raw, 0);
  ended.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  ended.core = WIFSIGNALED(raw) && WCOREDUMP(raw);
  return ended;
}

void be_worker() {
  const Confinement closed = confinement();
  const auto confined = confine_worker(closed, open_proc());
  if (!confined) say_and_end(confined.error(), 1);
}

void be_announcer(int clone, const std::string& directory) {
  const auto confined = confine_announcer(confinement(), clone, directory.c_str());
  if (!confined) say_and_end(confined.error(), 1);
}

bool has_landlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

void be_ordinary_user() {
  const passwd* nobody = getpwnam("nobody");
  if (setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) != 0 ||
      setgroups(0, nullptr) != 0 ||
      setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) != 0) {
    say_and_end("can't become nobody", 1);
  }
}

std::string result(long returned) {
  return returned < 0 ? strerror(errno) : "done";
}

}  // namespace ramrolefs::e2e
