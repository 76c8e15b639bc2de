// SPDX-License-Identifier: Apache-2.0
#include "fusefs/kin.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "fusefs/proc.h"
#include "fusefs/proc_status.h"

namespace ramrolefs {
namespace {

/// What follows the name of the program in /proc/PID/stat. The name may hold anything, ')' too.
std::string fields_of(pid_t process) {
  const std::string line = read_proc(process, "stat");
  const auto end = line.rfind(')');
  return end == std::string::npos ? "" : line.substr(end + 1);
}

}  // namespace

std::optional<Kin> kin_of(pid_t thread, SteadyTime now) {
  if (thread == 0) return std::nullopt;
  const auto process = proc_status(thread, "Tgid:");
  if (!process) return std::nullopt;
  Kin kin;
  kin.process = std::atoi(process->c_str());
  std::istringstream fields(fields_of(kin.process));
  char state = 0;
  fields >> state >> kin.parent >> kin.group >> kin.session;
  constexpr int kBetween = 15;  // from tty_nr to itrealvalue
  std::string skipped;
  for (int i = 0; i < kBetween; ++i) fields >> skipped;
  std::uint64_t ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  const auto began = std::chrono::duration<double>(static_cast<double>(ticks) /
                                                   static_cast<double>(sysconf(_SC_CLK_TCK)));
  kin.age = std::max(Duration::zero(),
                     now.time_since_epoch() - std::chrono::duration_cast<Duration>(began));
  return kin;
}

}  // namespace ramrolefs
