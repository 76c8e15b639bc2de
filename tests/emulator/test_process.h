// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/emulator/descriptor.h"

namespace ramrolefs::emulator {

/// A run of the emulator's binary as a process of its own.
///
/// Owns  the process: it dies with the object, and with the test.
class EmulatorProcess {
 public:
  explicit EmulatorProcess(std::vector<std::string> arguments);
  EmulatorProcess(const EmulatorProcess&) = delete;
  EmulatorProcess& operator=(const EmulatorProcess&) = delete;
  ~EmulatorProcess();

  /// The next line on its stdout or stderr, without the newline; at the end what is left.
  std::string line();
  /// All that is still to come on its stdout and stderr.
  std::string rest();

  void signal(int number) const;
  /// Waits for its end. Its exit status; -1 if a signal ended it.
  int exit_status();

 private:
  pid_t pid_ = -1;
  Descriptor output_;
};

/// An emulator that listens at a free port of 127.0.0.1.
class RunningEmulator : public EmulatorProcess {
 public:
  explicit RunningEmulator(std::vector<std::string> arguments = {});

  std::uint16_t port() const { return port_; }
  const std::string& greeting() const { return greeting_; }

 private:
  std::string greeting_;
  std::uint16_t port_;
};

}  // namespace ramrolefs::emulator
