// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/slice.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <thread>

namespace ramrolefs::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// One reader. Reads once at least, so that slow reads are measured too.
Slice read_until(const std::atomic<bool>& stop, const std::function<bool()>& read) {
  Slice seen;
  seen.times.reserve(1 << 12);
  auto start = Clock::now();
  do {
    if (!read()) seen.failed = true;
    const auto end = Clock::now();
    seen.times.emplace_back(end - start);
    start = end;
  } while (!stop.load(std::memory_order_relaxed));
  return seen;
}

}  // namespace

Slice read_by_threads(int readers, Seconds length, const std::function<bool()>& read) {
  std::vector<Slice> seen(static_cast<std::size_t>(readers));
  std::atomic<bool> stop = false;
  std::barrier together(readers + 1);
  std::vector<std::jthread> threads;
  threads.reserve(seen.size());
  for (Slice& mine : seen) {
    threads.emplace_back([&] {
      together.arrive_and_wait();
      mine = read_until(stop, read);
    });
  }
  together.arrive_and_wait();
  const auto start = Clock::now();
  std::this_thread::sleep_for(length);
  stop = true;
  threads.clear();

  Slice all;
  all.length = Clock::now() - start;
  for (const Slice& mine : seen) {
    all.times.insert(all.times.end(), mine.times.begin(), mine.times.end());
    all.failed |= mine.failed;
  }
  return all;
}

bool read_whole(const char* path) {
  std::array<char, 4096> bytes;
  struct stat stat;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const bool good =
      file >= 0 && fstat(file, &stat) == 0 && read(file, bytes.data(), bytes.size()) > 0;
  close(file);
  return good;
}

}  // namespace ramrolefs::bench
