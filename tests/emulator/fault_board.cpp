// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/fault_board.h"

#include <utility>

namespace ramrolefs::emulator {

void FaultBoard::order(Fault fault) {
  current_->lifted.happen();
  auto next = std::make_shared<OrderedFault>();
  next->fault = std::move(fault);
  times_left_ = next->fault.times;
  current_ = std::move(next);
}

std::shared_ptr<const OrderedFault> FaultBoard::take(Endpoint endpoint,
                                                     const HttpRequest& request) {
  const bool healthy = current_->fault.kind == &fault_table().front();
  const bool followed_a_redirect = request.parameters.contains("redirected");
  if (healthy || followed_a_redirect || !current_->fault.concerns(endpoint)) return nullptr;
  if (times_left_) {
    if (*times_left_ == 0) return nullptr;
    --*times_left_;
  }
  return current_;
}

}  // namespace ramrolefs::emulator
