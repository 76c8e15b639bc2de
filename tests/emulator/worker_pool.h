// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ramrolefs::emulator {

/// Threads made as they are needed: a connection occupies one for its whole life, and a fault may
/// hold hundreds. httplib's own pool starts all its threads at once, or has too few.
///
/// Threads  any.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t most) : most_(most) {}
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { finish(); }

  /// Runs `job` on an idle thread or on a new one; where there are `most`, when one becomes idle.
  void post(std::function<void()> job);

  /// Returns when all posted jobs have ended. No post may follow.
  void finish();

 private:
  void work();

  const std::size_t most_;
  std::mutex mutex_;  // holds all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool finishing_ = false;
};

}  // namespace ramrolefs::emulator
