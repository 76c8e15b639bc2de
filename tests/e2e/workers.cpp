// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/workers.h"

#include <sys/statvfs.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"

namespace ramrolefs::e2e {
namespace {

std::optional<pid_t> child_with(pid_t monitor, const std::string& file, const std::string& text) {
  const std::string number = std::to_string(monitor);
  // Listed in the order in which they were started (proc(5)).
  std::ifstream children("/proc/" + number + "/task/" + number + "/children");
  std::optional<pid_t> found;
  for (pid_t child = 0; children >> child;) {
    if (of_process(child, file).starts_with(text)) found = child;
  }
  return found;
}

}  // namespace

std::optional<pid_t> worker_of(pid_t monitor) {
  return child_with(monitor, "cmdline", "ramrolefs: worker");
}

std::optional<pid_t> announcer_of(pid_t monitor) {
  return child_with(monitor, "comm", "announcer");
}

pid_t next_worker(pid_t monitor, pid_t before) {
  std::optional<pid_t> worker;
  if (!eventually([&] {
        worker = worker_of(monitor);
        return worker && *worker != before;
      })) {
    throw std::runtime_error("no worker begins");
  }
  return *worker;
}

std::chrono::milliseconds time_of_a_takeover(pid_t monitor, const std::string& mount) {
  const pid_t worker = next_worker(monitor);
  const auto begin = std::chrono::steady_clock::now();
  kill(worker, SIGKILL);
  next_worker(monitor, worker);
  struct statvfs stat {};
  if (statvfs(mount.c_str(), &stat) != 0) throw std::runtime_error("the mount does not answer");
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

std::vector<std::string> with_faults(const std::string& plan) {
  return {"LD_PRELOAD=" RAMROLEFS_WORKER_FAULT, "RAMROLEFS_FAULT=" + plan};
}

}  // namespace ramrolefs::e2e
