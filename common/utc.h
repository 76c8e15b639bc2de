// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ramrolefs {

/// Reads `2017-11-01T05:20:01Z`, the only form the metadata service uses: 20 characters, UTC, a
/// day and second that exist. Nothing else is taken.
std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

/// The same form, for people and for the served files.
std::string format_utc(std::chrono::sys_seconds time);

/// Reads the `Date` header of an answer (RFC 9110, 5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& text);

}  // namespace ramrolefs
