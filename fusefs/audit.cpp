// SPDX-License-Identifier: Apache-2.0
#include "fusefs/audit.h"

#include <algorithm>
#include <cstdlib>

#include "common/printable.h"
#include "fusefs/proc.h"
#include "fusefs/proc_status.h"

namespace ramrolefs {

std::optional<std::uint64_t> Audit::opened(const std::string& program, uid_t user, SteadyTime now) {
  Count& count = count_of(program, user, now);
  count.even_at = std::max(count.even_at, now);
  if (count.even_at - now > (kAtOnce - 1) * kPause) {
    if (count.left_out++ == 0) count.tell_at = now + kCountedAfter;
    return std::nullopt;
  }
  count.even_at += kPause;
  return std::exchange(count.left_out, 0);
}

Audit::Count& Audit::count_of(const std::string& program, uid_t user, SteadyTime now) {
  const auto known = counts_.find({program, user});
  if (known != counts_.end()) return known->second;
  if (counts_.size() >= kMostPrograms) {
    std::erase_if(counts_, [&](const auto& entry) {
      return entry.second.even_at <= now && entry.second.left_out == 0;
    });
  }
  if (counts_.size() >= kMostPrograms) return counts_[{"?", 0}];
  return counts_[{program, user}];
}

std::vector<Audit::LeftOut> Audit::take_left_out(SteadyTime now) {
  std::vector<LeftOut> due;
  for (auto& [key, count] : counts_) {
    if (count.left_out == 0 || count.tell_at > now) continue;
    due.push_back({key.first, key.second, count.left_out});
    count.left_out = 0;
  }
  return due;
}

std::optional<SteadyTime> Audit::wake_at() const {
  std::optional<SteadyTime> first;
  for (const auto& [key, count] : counts_) {
    if (count.left_out != 0) first = std::min(first.value_or(count.tell_at), count.tell_at);
  }
  return first;
}

Opener opener_of(pid_t thread) {
  const auto leader = proc_status(thread, "Tgid:");
  const pid_t process = leader ? std::atoi(leader->c_str()) : thread;
  std::string name = read_proc(process, "comm");
  if (name.ends_with('\n')) name.pop_back();
  name = printable(name);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '"' || c == '\\'; }, '?');
  return {process, name.empty() ? "?" : name};
}

}  // namespace ramrolefs
