// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

extern "C" {  // glibc 2.36 forgot it
#include <sys/pidfd.h>
}

namespace ramrolefs::e2e {
namespace {

std::string whole(const FileDescriptor& file) {
  std::string text;
  std::array<char, 65536> part{};
  ssize_t got = 0;
  while ((got = pread(file.get(), part.data(), part.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

int to_status(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

}  // namespace

Process::Process(const std::vector<std::string>& words)
    : out_(memfd_create("out", MFD_CLOEXEC)), err_(memfd_create("err", MFD_CLOEXEC)) {
  // Several processes may write to one, and nothing keeps them apart but this: the position in a
  // memfd is not locked (FMODE_ATOMIC_POS).
  for (const auto* file : {&out_, &err_}) fcntl(file->get(), F_SETFL, O_APPEND);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err_.get(), 2);
  const int error = posix_spawnp(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("can't run " + words[0]);
  pidfd_ = FileDescriptor(pidfd_open(pid_, 0));
}

Process::Process(Process&& other) noexcept
    : out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_(other.status_) {}

Process::~Process() {
  if (pid_ < 0 || status_) return;
  signal(SIGKILL);
  wait();
}

void Process::signal(int number) const {
  pidfd_send_signal(pidfd_.get(), number, nullptr, 0);
}

bool Process::running() {
  return !wait_for(std::chrono::milliseconds(0));
}

std::optional<int> Process::wait() {
  wait_for(kDeadline);
  return status_;
}

bool Process::wait_for(std::chrono::milliseconds limit) {
  if (status_) return true;
  pollfd end{pidfd_.get(), POLLIN, 0};
  if (poll(&end, 1, static_cast<int>(limit.count())) != 1) return false;
  int raw = 0;
  waitpid(pid_, &raw, 0);
  status_ = to_status(raw);
  return true;
}

std::string Process::out() const {
  return whole(out_);
}

std::string Process::err() const {
  return whole(err_);
}

std::string whole_lines(const std::string& printed) {
  return printed.substr(0, printed.rfind('\n') + 1);
}

Finished run(const std::vector<std::string>& words) {
  Process process(words);
  const auto status = process.wait();
  return {status.value_or(-1), process.out(), process.err()};
}

}  // namespace ramrolefs::e2e
