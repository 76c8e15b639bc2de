// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"

namespace ramrolefs {

/// Which opens of a file get a line in the log (--audit), so that a program that does nothing else
/// floods none: of each program of a user the first ten, then one a second. What is left out is
/// counted, and the count is told with the next line, or a while later.
///
/// Threads   one at a time.
/// Time      asks no clock.
/// Failures  throws std::bad_alloc. It remembers 1,024 programs at most: while more are busy than
///           that, the others share one limit, under the name "?".
class Audit {
 public:
  static constexpr int kAtOnce = 10;
  static constexpr Duration kPause = std::chrono::seconds(1);
  /// So much later the count is told if nothing else is.
  static constexpr Duration kCountedAfter = std::chrono::seconds(10);
  static constexpr std::size_t kMostPrograms = 1024;

  /// The user's program has opened a file. Nothing if that is left out; else it gets a line, with
  /// how many were left out before it.
  std::optional<std::uint64_t> opened(const std::string& program, uid_t user, SteadyTime now);

  struct LeftOut {
    std::string program;
    uid_t user;
    std::uint64_t count;
  };
  /// What was left out and is to be told now. Forgets it.
  std::vector<LeftOut> take_left_out(SteadyTime now);
  /// When that is to be asked for; nothing where nothing was left out.
  std::optional<SteadyTime> wake_at() const;

 private:
  using Key = std::pair<std::string, uid_t>;
  struct Count {
    SteadyTime even_at;  // when nothing of what it may do at once is spent any more
    SteadyTime tell_at;
    std::uint64_t left_out = 0;
  };

  Count& count_of(const std::string& program, uid_t user, SteadyTime now);

  std::map<Key, Count> counts_;
};

/// Who has opened a file, as far as /proc tells.
struct Opener {
  pid_t process;        // of which the thread is one; the thread itself where it does not tell
  std::string program;  // its name (/proc/PID/comm), in printable letters; "?" likewise
};
Opener opener_of(pid_t thread);

}  // namespace ramrolefs
