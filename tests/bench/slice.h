// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <vector>

namespace ramrolefs::bench {

using Seconds = std::chrono::duration<double>;

/// What readers saw who read all the time, for a while.
struct Slice {
  std::vector<Seconds> times;  // of each read, as its reader saw it
  Seconds length{};            // from the first read's start to the last one's end
  bool failed = false;         // one of them at least
};

/// Has so many threads call `read` all the time, and returns when the last read has ended.
/// `read` returns whether it went well; it is called from any of the threads.
Slice read_by_threads(int readers, Seconds length, const std::function<bool()>& read);

/// The read that is measured: open, fstat, read, close of a small file.
bool read_whole(const char* path);

}  // namespace ramrolefs::bench
