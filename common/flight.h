// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "common/clock.h"
#include "common/failure.h"
#include "common/metadata_client.h"
#include "common/metadata_transport.h"

namespace ramrolefs {

/// The one thread that talks to the metadata service. It sleeps between flights, and has nothing of
/// the last one then but what is to be collected.
///
/// Threads   take_off() and collect() from one thread, which is not the flight's own.
/// Owns      its thread; the destructor aborts a flight under way and joins.
class Flight {
 public:
  /// `client` and `transport` (the client's) must outlive it. `limit` bounds each flight. `landed`
  /// is called on the flight's own thread when there is something to collect(); it must not block.
  Flight(MetadataClient& client, MetadataTransport& transport, Duration limit,
         std::function<void()> landed);
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight();

  /// Starts a flight. Requires: none is under way, and the last one was collected.
  void take_off();

  /// What the flight brought, once.
  std::optional<Result<Fetched>> collect();

 private:
  void run();

  MetadataClient& client_;
  MetadataTransport& transport_;
  const Duration limit_;
  const std::function<void()> landed_;

  std::mutex mutex_;  // guards the next three
  std::condition_variable changed_;
  bool wanted_ = false;
  bool ending_ = false;
  std::optional<Result<Fetched>> brought_;

  std::thread thread_;
};

}  // namespace ramrolefs
