// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fusefs/file_descriptor.h"

namespace ramrolefs::e2e {

/// How long anything may take that a test waits for: far more than it ever needs, so that a busy
/// machine or a sanitizer fails no test.
constexpr std::chrono::seconds kDeadline{30};

/// A program that a test runs. Standard input is empty; output and errors are kept in memory.
///
/// Owns      the process: what still runs at the end is killed.
class Process {
 public:
  explicit Process(const std::vector<std::string>& words);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  bool running();

  /// Waits for its end: the exit status, or 128 and the signal that killed it. Nothing if it runs
  /// on after kDeadline.
  std::optional<int> wait();

  /// What it has printed so far.
  std::string out() const;
  std::string err() const;

 private:
  bool wait_for(std::chrono::milliseconds limit);

  FileDescriptor out_;
  FileDescriptor err_;
  pid_t pid_ = -1;
  FileDescriptor pidfd_;
  std::optional<int> status_;
};

/// Of what a program has printed, the lines that are whole: it may be printing another one.
std::string whole_lines(const std::string& printed);

/// Runs a program to its end.
struct Finished {
  int status;
  std::string out;
  std::string err;
};
Finished run(const std::vector<std::string>& words);

}  // namespace ramrolefs::e2e
