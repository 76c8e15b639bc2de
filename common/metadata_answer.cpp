// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/utc.h"

namespace ramrolefs {
namespace {

using Json = nlohmann::json;

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

bool is_role_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '-' || c == '_';
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

tl::unexpected<Failure> malformed(std::string detail) {
  return tl::unexpected(Failure{Cause::malformed, std::move(detail)});
}

Result<const std::string*> find_text(const Json& answer, const char* member) {
  const auto found = answer.find(member);
  if (found == answer.end()) return malformed(std::string(member) + " is missing");
  const auto* text = found->get_ptr<const std::string*>();
  if (text == nullptr) return malformed(std::string(member) + " is not a string");
  if (text->empty()) return malformed(std::string(member) + " is empty");
  if (!std::all_of(text->begin(), text->end(), is_printable)) {
    return malformed(std::string(member) + " holds what is not printable ASCII");
  }
  return text;
}

Result<std::chrono::sys_seconds> find_time(const Json& answer, const char* member) {
  const auto text = find_text(answer, member);
  if (!text) return tl::unexpected(text.error());
  const auto time = parse_utc(**text);
  if (!time) return malformed(std::string(member) + " is not a time like 2017-11-01T05:20:01Z");
  return *time;
}

Result<Credential> read_members(const Json& answer, const std::string& role,
                                std::chrono::sys_seconds fetched) {
  const auto id = find_text(answer, "AccessKeyId");
  if (!id) return tl::unexpected(id.error());
  const auto secret = find_text(answer, "AccessKeySecret");
  if (!secret) return tl::unexpected(secret.error());
  const auto token = find_text(answer, "SecurityToken");
  if (!token) return tl::unexpected(token.error());
  const auto expiration = find_time(answer, "Expiration");
  if (!expiration) return tl::unexpected(expiration.error());
  const auto updated = answer.contains("LastUpdated") ? find_time(answer, "LastUpdated") : fetched;
  if (!updated) return tl::unexpected(updated.error());
  return Credential{role, Secret(**id), Secret(**secret), Secret(**token), *expiration, *updated};
}

}  // namespace

bool is_region(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return c != '.' && c != '_' && is_role_character(c);
  });
}

Result<std::string> parse_region(std::string_view body) {
  const std::string_view name = trim(body);
  if (!is_region(name)) return malformed("the region is no name of one");
  return std::string(name);
}

bool is_role_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), is_role_character);
}

Result<std::string> parse_role_name(std::string_view body) {
  const auto name = trim(body);
  if (name.empty()) return tl::unexpected(Failure{Cause::no_role, "the role list is empty"});
  if (!is_role_name(name)) return malformed("the role list is not the name of one role");
  return std::string(name);
}

Result<Secret> parse_token(std::string_view body) {
  const auto token = trim(body);
  const bool good =
      !token.empty() && token.size() <= 4096 &&
      std::all_of(token.begin(), token.end(), [](char c) { return is_printable(c) && c != ' '; });
  if (!good) return malformed("the token is not printable ASCII of 1 to 4096 characters");
  return Secret(token);
}

Result<Credential> parse_credential(std::string_view body, const std::string& role,
                                    std::chrono::sys_seconds fetched) {
  // nlohmann/json takes a NUL for the end.
  if (body.find('\0') != std::string_view::npos) return malformed("the answer holds a NUL");
  // Without exceptions: a syntax error gives a discarded value. nlohmann/json parses and frees
  // nested arrays without recursion, so that a deep answer costs no stack.
  const auto answer = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return malformed("the answer is not a JSON object");
  const auto code = find_text(answer, "Code");
  if (!code) return tl::unexpected(code.error());
  if (**code != "Success") {
    return tl::unexpected(Failure{Cause::not_successful, "Code is not Success"});
  }
  return read_members(answer, role, fetched);
}

}  // namespace ramrolefs
