// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/emulator/emulated_service.h"
#include "tests/emulator/fault_board.h"

namespace ramrolefs::emulator {

/// What GET /emulator/state shows.
std::string state_json(EmulatedService& service, const FaultBoard& faults, const Moment& now);

/// `{"error": …}`.
std::string error_json(const std::string& why);

}  // namespace ramrolefs::emulator
