// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace ramrolefs::emulator {
namespace {

constexpr double kYear = 365.0 * 86400;

tl::unexpected<std::string> refuse(const std::string& text, const std::string& allowed) {
  return tl::unexpected("'" + text + "' is not allowed; allowed: " + allowed);
}

template <class Number>
bool parse_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end;
}

// Without it 1e-3 and 315360000 would read 0.001000 and 3.1536e+08.
std::string plain(double number) {
  std::ostringstream text;
  text << std::setprecision(12) << number;
  return text.str();
}

bool is_role_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

}  // namespace

Parsed<std::int64_t> parse_integer(const std::string& text, std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  if (!parse_number(text, number) || number < low || number > high) {
    return refuse(text, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

Parsed<Duration> parse_seconds(const std::string& text, double low, double high) {
  double number = 0;
  // from_chars takes "nan" and "inf" for numbers.
  if (!parse_number(text, number) || !std::isfinite(number) || number < low || number > high) {
    return refuse(text, "seconds from " + plain(low) + " to " + plain(high) + ", fractions too");
  }
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(number));
}

Parsed<bool> parse_switch(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return refuse(text, "true, false");
}

Parsed<std::string> parse_role(const std::string& text) {
  if (text.size() > 64 || !std::all_of(text.begin(), text.end(), is_role_character)) {
    return refuse(text, "up to 64 letters, digits, '.', '-', '_'; empty for no role");
  }
  return text;
}

Parsed<std::string> parse_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (inet_pton(AF_INET, text.c_str(), address.data()) != 1 &&
      inet_pton(AF_INET6, text.c_str(), address.data()) != 1) {
    return refuse(text, "an IPv4 or IPv6 address in digits, such as 127.0.0.1 or ::1");
  }
  return text;
}

Parsed<Duration> parse_lifetime(const std::string& text) {
  return parse_seconds(text, 0.01, kYear);
}

Parsed<Duration> parse_renew_before(const std::string& text) {
  return parse_seconds(text, 0, kYear);
}

Parsed<Duration> parse_clock_offset(const std::string& text) {
  return parse_seconds(text, -10 * kYear, 10 * kYear);
}

}  // namespace ramrolefs::emulator
