// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/test_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace ramrolefs::emulator {

EmulatorProcess::EmulatorProcess(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), RAMROLEFS_EMULATOR);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  output_ = Descriptor(ends[0]);
  const Descriptor input(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(input.get(), STDOUT_FILENO);
    ::dup2(input.get(), STDERR_FILENO);
    ::execv(argv.front(), argv.data());
    ::_exit(127);
  }
}

EmulatorProcess::~EmulatorProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string EmulatorProcess::line() {
  std::string text;
  for (char c = 0; ::read(output_.get(), &c, 1) == 1 && c != '\n';) text += c;
  return text;
}

std::string EmulatorProcess::rest() {
  std::string text;
  for (char c = 0; ::read(output_.get(), &c, 1) == 1;) text += c;
  return text;
}

void EmulatorProcess::signal(int number) const {
  ::kill(pid_, number);
}

int EmulatorProcess::exit_status() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

RunningEmulator::RunningEmulator(std::vector<std::string> arguments)
    : EmulatorProcess([&] {
        arguments.insert(arguments.begin(), {"--port", "0"});
        return std::move(arguments);
      }()),
      greeting_(line()),
      port_(static_cast<std::uint16_t>(
          std::strtoul(greeting_.substr(greeting_.rfind(':') + 1).c_str(), nullptr, 10))) {}

}  // namespace ramrolefs::emulator
