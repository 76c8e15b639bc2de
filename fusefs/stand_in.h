// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "fusefs/journal.h"

namespace ramrolefs {

/// Answers the kernel with EIO in the place of a worker, while none can be had: nobody must wait
/// for ever, or be told that the mount is dead.
///
/// Threads   one. For the monitor: allocates nothing.
class StandIn {
 public:
  /// Both must outlive it; `device` does not block.
  StandIn(Frozen& frozen, int device) : frozen_(frozen), device_(device) {}

  bool is_on() const { return journal_.has_value(); }

  /// Answers all that waits, and what comes. Requires: no worker serves. Returns whether there is
  /// still a filesystem.
  bool answer();

  /// A worker has the journal from now on.
  void stop() { journal_.reset(); }

 private:
  void answer(Journal::Place place);

  Frozen& frozen_;
  int device_;
  std::array<char, std::size_t{64} << 10U> buffer_{};
  std::optional<Journal> journal_;
};

}  // namespace ramrolefs
