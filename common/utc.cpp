// SPDX-License-Identifier: Apache-2.0
#include "common/utc.h"

#include <curl/curl.h>

#include <array>
#include <ctime>

namespace ramrolefs {
namespace {

constexpr const char* kForm = "%Y-%m-%dT%H:%M:%SZ";

}  // namespace

std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text) {
  // strptime and strftime both take a year of fewer than four digits.
  if (text.size() != std::string_view("2017-11-01T05:20:01Z").size()) return std::nullopt;
  const std::string copy(text);
  std::tm broken_down{};
  const char* end = strptime(copy.c_str(), kForm, &broken_down);
  if (end != copy.c_str() + copy.size()) return std::nullopt;
  const std::chrono::sys_seconds time{std::chrono::seconds(timegm(&broken_down))};
  // strptime takes single digits, spaces and the 31st of any month: only what comes out again as
  // it went in is of the form.
  if (format_utc(time) != copy) return std::nullopt;
  return time;
}

std::string format_utc(std::chrono::sys_seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm broken_down{};
  if (gmtime_r(&seconds, &broken_down) == nullptr) return "";
  std::array<char, 32> buffer{};
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), kForm, &broken_down)};
}

std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& text) {
  const std::time_t seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds == -1) return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds(seconds)};
}

}  // namespace ramrolefs
