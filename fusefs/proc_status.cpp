// SPDX-License-Identifier: Apache-2.0
#include "fusefs/proc_status.h"

#include <sstream>

#include "fusefs/proc.h"

namespace ramrolefs {

std::optional<std::string> proc_status(pid_t thread, const std::string& heading) {
  // A thread that is not the first of its process is found there too, though not listed.
  std::istringstream status(read_proc(thread, "status"));
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, heading.size(), heading) == 0) return line.substr(heading.size());
  }
  return std::nullopt;
}

}  // namespace ramrolefs
