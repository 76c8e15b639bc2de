// SPDX-License-Identifier: Apache-2.0
#include "common/flight.h"

#include <new>
#include <utility>

#include "common/secret.h"

namespace ramrolefs {
namespace {

/// The libraries below throw for want of memory; what leaves a thread would end the program.
Result<Fetched> fetch(MetadataClient& client, Duration limit) {
  try {
    return client.fetch(limit);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(Failure{Cause::local, "no memory"});
  }
}

}  // namespace

Flight::Flight(MetadataClient& client, MetadataTransport& transport, Duration limit,
               std::function<void()> landed)
    : client_(client),
      transport_(transport),
      limit_(limit),
      landed_(std::move(landed)),
      thread_([this] { run(); }) {}

Flight::~Flight() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  transport_.abort();
  thread_.join();
}

void Flight::take_off() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_one();
}

std::optional<Result<Fetched>> Flight::collect() {
  const std::lock_guard lock(mutex_);
  return std::exchange(brought_, std::nullopt);
}

void Flight::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || ending_; });
    if (ending_) return;
    wanted_ = false;
    lock.unlock();
    auto brought = fetch(client_, limit_);
    transport_.finish();
    wipe_stack();  // of what the libraries below have left there
    lock.lock();
    brought_ = std::move(brought);
    lock.unlock();
    landed_();
    lock.lock();
  }
}

}  // namespace ramrolefs
