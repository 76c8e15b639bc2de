// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/crowd.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {
namespace {

// Longer than the tenth of a second within which reads may belong together.
constexpr std::chrono::milliseconds kShortestPause{150};
constexpr std::chrono::milliseconds kLongestPause{250};

void* shared_memory(std::size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap");
  return memory;
}

}  // namespace

Crowd::Crowd(int readers, std::string path)
    : path_(std::move(path)), shared_(new (shared_memory(sizeof(Shared))) Shared) {
  const auto count = std::min(static_cast<std::size_t>(readers), kMost);
  pids_.reserve(count);
  while (pids_.size() < count) {
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) read_all_the_time(pids_.size());
    pids_.push_back(pid);
  }
}

Crowd::~Crowd() {
  shared_->end = true;
  for (const pid_t pid : pids_) waitpid(pid, nullptr, 0);
  munmap(shared_, sizeof(Shared));
}

void Crowd::read_all_the_time(std::size_t number) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // when the bench is killed
  setsid();                          // nobody's kin: what one of them reads binds no other
  std::minstd_rand random(static_cast<unsigned>(number) + 1);
  std::uniform_int_distribution pause(kShortestPause.count(), kLongestPause.count());
  std::atomic<Seconds>& longest = shared_->longest[number];
  std::string content;
  while (!shared_->end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause(random)));
    const e2e::Reading reading = e2e::read_file(path_);
    if (reading.error != 0) shared_->failed = true;
    longest = std::max(longest.load(), Seconds(reading.took));
    if (reading.text == content) continue;
    content = reading.text;
    ++shared_->have_seen;
  }
  _exit(0);
}

void Crowd::start_over() {
  shared_->have_seen = 0;
  std::fill_n(shared_->longest, kMost, Seconds(0));
}

std::vector<Seconds> Crowd::longest() const {
  return {shared_->longest, shared_->longest + pids_.size()};
}

}  // namespace ramrolefs::bench
