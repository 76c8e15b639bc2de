// SPDX-License-Identifier: Apache-2.0
#include "fusefs/watch.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "common/log.h"
#include "common/secret.h"
#include "fusefs/service_manager.h"
#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

/// As posix_spawnp(), with SIGPIPE as programs expect it, which we ignore.
int spawn(pid_t& child, std::vector<char*>& words) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(&child, words[0], nullptr, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  return error;
}

/// Runs it to its end, and returns whether that was a good one; if not, a line in the log says so.
bool run(std::vector<std::string> command) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t child = 0;
  if (const int error = spawn(child, words); error != 0) {
    log::warning("{}: {}", command[0], std::strerror(error));
    return false;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  log::warning("{}: ended with {} {}", command[0], WIFEXITED(status) ? "status" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  return false;
}

/// The credential that is there now, by its AccessKeyId; a failure is a line in the log when it is
/// another than the last.
class Look {
 public:
  explicit Look(const std::string& place) : place_(place) {}

  bool take(Secret& value) {
    const auto mount = find_files(place_);
    if (mount) place_ = *mount;  // the only one stays the one when others come
    auto read = mount.and_then(read_access_key_id);
    const std::string problem = read ? "" : read.error();
    if (!problem.empty() && problem != problem_) log::warning("{}", problem);
    problem_ = problem;
    if (read) value = std::move(*read);
    return read.has_value();
  }

 private:
  std::string place_;
  std::string problem_;
};

}  // namespace

int watch(const std::string& place, Duration interval, const std::vector<std::string>& command) {
  log::start(log::Sink::standard_error, log::Level::info);
  Look look(place);
  Secret last;
  look.take(last);
  ServiceManager().tell("READY=1");
  for (;;) {
    std::this_thread::sleep_for(interval);
    Secret now;
    if (!look.take(now) || now == last) continue;
    log::info("another credential: {}", command[0]);
    if (run(command)) last = std::move(now);  // else once more after the next look
  }
}

}  // namespace ramrolefs
