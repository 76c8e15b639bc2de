// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "tests/emulator/emulated_service.h"
#include "tests/emulator/fault_board.h"
#include "tests/emulator/http_message.h"

namespace ramrolefs::emulator {

/// The whole emulator short of sockets: a service, a fault, and the control over both.
///
/// A request is admitted, which counts it and tells the fault it suffers from; its sender lets that
/// fault hold it up; then it is answered, as of that time.
///
/// Threads  any; nothing here waits.
class Emulator {
 public:
  Emulator(std::string role, const Settings& settings);

  /// Null: no fault. Control requests are not counted and never suffer. `counted` belongs to the
  /// connection: does it count as one with metadata requests already?
  std::shared_ptr<const OrderedFault> admit(const HttpRequest& request, bool& counted);

  /// The answer as it is to be sent, spoilt by `fault` where that is not null.
  HttpAnswer answer(const HttpRequest& request, const OrderedFault* fault);

  /// The Date of an answer that is made elsewhere.
  std::string http_date_now();

 private:
  std::mutex mutex_;  // holds all below
  EmulatedService service_;
  FaultBoard faults_;
};

}  // namespace ramrolefs::emulator
