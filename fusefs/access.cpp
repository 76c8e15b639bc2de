// SPDX-License-Identifier: Apache-2.0
#include "fusefs/access.h"

#include <linux/capability.h>
#include <sys/stat.h>

#include <cstdint>
#include <sstream>

#include "fusefs/proc_status.h"

namespace ramrolefs {
namespace {

bool mode_lets_read(const Access& access, const Caller& caller) {
  if (caller.uid == access.uid) return (access.mode & S_IRUSR) != 0;
  const bool group_may = (access.mode & S_IRGRP) != 0;
  const bool others_may = (access.mode & S_IROTH) != 0;
  if (group_may == others_may) return others_may;
  if (caller.gid == access.gid) return group_may;
  const auto in_group = caller.has_group ? caller.has_group(access.gid) : std::nullopt;
  if (!in_group) return true;
  return *in_group ? group_may : others_may;
}

}  // namespace

bool may_read(const Access& access, const Caller& caller) {
  return caller.uid == 0 || mode_lets_read(access, caller) ||
         (caller.overrides && caller.overrides());
}

std::optional<bool> thread_has_group(pid_t thread, gid_t group) {
  const auto line = proc_status(thread, "Groups:");
  if (!line) return std::nullopt;
  std::istringstream groups(*line);
  for (gid_t one = 0; groups >> one;) {
    if (one == group) return true;
  }
  return false;
}

bool thread_overrides_mode(pid_t thread) {
  constexpr std::uint64_t kOverrides = (1ULL << CAP_DAC_OVERRIDE) | (1ULL << CAP_DAC_READ_SEARCH);
  const auto line = proc_status(thread, "CapEff:");
  std::uint64_t effective = 0;
  return line && (std::istringstream(*line) >> std::hex >> effective) &&
         (effective & kOverrides) != 0;
}

}  // namespace ramrolefs
