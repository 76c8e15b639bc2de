// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "tests/emulator/emulated_service.h"
#include "tests/emulator/fault_board.h"
#include "tests/emulator/http_message.h"

/// The control interface under /emulator/: JSON in every answer, 400 and an `error` for what is
/// wrong.
///
/// Threads  call it from one thread at a time.
namespace ramrolefs::emulator {

/// What the control interface works on.
struct Controlled {
  EmulatedService& service;
  FaultBoard& faults;
  Moment now;
};

/// A control request: one row of the table that dispatch and --help share.
struct ControlRow {
  std::string_view method;
  std::string_view path;
  std::string_view parameters;
  HttpAnswer (*act)(Controlled&, const HttpRequest&);
  std::string_view effect;
};

std::span<const ControlRow> control_table();

bool is_control(const HttpRequest& request);

/// Requires is_control(request).
HttpAnswer control_answer(Controlled& controlled, const HttpRequest& request);

}  // namespace ramrolefs::emulator
