// SPDX-License-Identifier: Apache-2.0
#include "fusefs/watch.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "common/log.h"
#include "common/secret.h"
#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

/// Runs it to its end; what is wrong is a line in the log.
void run(std::vector<std::string> command) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawnp(&child, words[0], nullptr, nullptr, words.data(), environ);
  if (error != 0) return log::warning("{}: {}", command[0], std::strerror(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  log::warning("{}: ended with {} {}", command[0], WIFEXITED(status) ? "status" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

/// The credential that is there now, by its AccessKeyId; a failure is a line in the log when it is
/// another than the last.
class Look {
 public:
  explicit Look(const std::string& place) : place_(place) {}

  bool take(Secret& value) {
    auto read = find_mounted(place_).and_then(read_access_key_id);
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
  for (;;) {
    std::this_thread::sleep_for(interval);
    Secret now;
    if (!look.take(now) || now == last) continue;
    log::info("another credential: {}", command[0]);
    run(command);
    last = std::move(now);
  }
}

}  // namespace ramrolefs
