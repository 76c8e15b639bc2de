// SPDX-License-Identifier: Apache-2.0
#include "fusefs/access.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

namespace ramrolefs {

bool may_read(const Access& access, const Caller& caller) {
  if (caller.uid == 0) return true;
  if (caller.uid == access.uid) return (access.mode & S_IRUSR) != 0;
  const bool group_may = (access.mode & S_IRGRP) != 0;
  const bool others_may = (access.mode & S_IROTH) != 0;
  if (group_may == others_may) return others_may;
  if (caller.gid == access.gid) return group_may;
  const auto in_group = caller.has_group(access.gid);
  if (!in_group) return true;
  return *in_group ? group_may : others_may;
}

std::optional<bool> thread_has_group(pid_t thread, gid_t group) {
  const std::string heading = "Groups:";
  // A thread that is not the first of its process is found there too, though not listed.
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, heading.size(), heading) != 0) continue;
    std::istringstream groups(line.substr(heading.size()));
    for (gid_t one = 0; groups >> one;) {
      if (one == group) return true;
    }
    return false;
  }
  return std::nullopt;
}

}  // namespace ramrolefs
