// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tests/emulator/emulated_service.h"

namespace ramrolefs::emulator {

/// What the command line asks for.
struct Options {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8100;
  std::string role = "emulated-role";
  Settings settings;
};

/// An end before anything began: a text to show, on stderr where the status is not 0.
struct EarlyEnd {
  int status;
  std::string text;  // ends in a newline
};

/// Reads the arguments (without the program's name).
std::variant<Options, EarlyEnd> read_options(const std::vector<std::string>& arguments);

}  // namespace ramrolefs::emulator
