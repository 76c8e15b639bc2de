// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "tests/emulator/times.h"

/// Values as people write them, on the command line and in the control interface alike.
///
/// Failures  the error quotes the value and says what is allowed; the caller puts the name before
/// it.
namespace ramrolefs::emulator {

template <class T>
using Parsed = tl::expected<T, std::string>;

/// An integer in decimal digits, low..high.
Parsed<std::int64_t> parse_integer(const std::string& text, std::int64_t low, std::int64_t high);

/// Seconds, fractions too, low..high.
Parsed<Duration> parse_seconds(const std::string& text, double low, double high);

/// `true` or `false`.
Parsed<bool> parse_switch(const std::string& text);

/// The name of a RAM role: 1 to 64 letters, digits, `.`, `-`, `_`; or nothing, which is no role.
Parsed<std::string> parse_role(const std::string& text);

/// A numeric IPv4 or IPv6 address.
Parsed<std::string> parse_address(const std::string& text);

/// What each duration of the emulator may be: one definition for the options and for `set`.
Parsed<Duration> parse_lifetime(const std::string& text);
Parsed<Duration> parse_renew_before(const std::string& text);
Parsed<Duration> parse_clock_offset(const std::string& text);

}  // namespace ramrolefs::emulator
