// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tests/emulator/event.h"
#include "tests/emulator/fault.h"

namespace ramrolefs::emulator {

/// A fault that was ordered, for as long as a request suffers from it.
///
/// Threads  any; it does not change but for the event.
struct OrderedFault {
  Fault fault;
  Event lifted;  // another one was ordered in its place: what it holds up goes on
};

/// The one fault in force, and how often it still applies.
///
/// Threads  call it from one thread at a time.
class FaultBoard {
 public:
  /// Lifts the fault there is and puts this one in its place.
  void order(Fault fault);

  /// The fault that this request suffers from, or null. Uses up one of its `times`.
  std::shared_ptr<const OrderedFault> take(Endpoint endpoint, const HttpRequest& request);

  const Fault& fault() const { return current_->fault; }
  /// How many more requests it applies to, where that is bounded.
  std::optional<std::uint64_t> times_left() const { return times_left_; }

 private:
  std::shared_ptr<const OrderedFault> current_ = std::make_shared<OrderedFault>();
  std::optional<std::uint64_t> times_left_;
};

}  // namespace ramrolefs::emulator
