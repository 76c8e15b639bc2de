// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "common/clock.h"

namespace ramrolefs {

/// The pauses between failed flights: exponential, the last half of each random, so that a thousand
/// instances do not ask a service that just came back in the same moment.
///
/// Threads   one at a time.
/// Time      asks no clock.
class Backoff {
 public:
  struct Range {
    Duration first;
    Duration longest;
  };
  /// While nothing valid is in hand: a role attached or a service back again is found in seconds.
  static constexpr Range kEmptyHanded{std::chrono::milliseconds(200), std::chrono::seconds(5)};
  /// While there is something valid in hand.
  static constexpr Range kInHand{std::chrono::seconds(1), std::chrono::seconds(60)};

  explicit Backoff(unsigned seed) : random_(seed) {}

  /// A flight failed.
  void failed();
  /// A flight did not fail: the next pause is the first again.
  void succeeded() { failures_ = 0; }

  /// The pause after the last failure: between half of the full one and all of it. The same at each
  /// call until the next failure.
  Duration pause(const Range& range) const;

  int failures() const { return failures_; }

  /// For another process that takes over, as Refresh::save(): the pause that is on goes on.
  template <typename Writer>
  void save(Writer& writer) const {
    writer.put(failures_);
    writer.put(share_);
  }
  template <typename Reader>
  bool restore(Reader& reader) {
    return reader.get(failures_) && reader.get(share_) && share_ >= 0.5 && share_ <= 1;
  }

 private:
  std::minstd_rand random_;
  int failures_ = 0;
  double share_ = 1;  // of the full pause: [0.5, 1)
};

}  // namespace ramrolefs
