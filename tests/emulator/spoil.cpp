// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/spoil.h"

#include <algorithm>
#include <utility>

namespace ramrolefs::emulator {
namespace {

// What clients of this service take for too large.
constexpr std::size_t kCap = 65536;

void replace(HttpAnswer& answer, std::string content_type, std::string body) {
  answer.status = 200;
  answer.content_type = std::move(content_type);
  answer.body = std::move(body);
  answer.members.clear();
}

void set_member(HttpAnswer& answer, const std::string& name, const std::string& json) {
  for (Member& member : answer.members) {
    if (member.name == name) member.json = json;
  }
}

void drop_member(HttpAnswer& answer, const std::string& name) {
  std::erase_if(answer.members, [&](const Member& member) { return member.name == name; });
}

std::string with_inserted(const std::string& value, const std::string& inserted) {
  return std::string(value).insert(value.size() / 2, inserted);
}

// A value is a member of the credential, or the whole of a plain-text answer.
void insert_in_value(HttpAnswer& answer, const Circumstances& at, const std::string& in_json,
                     const std::string& in_text) {
  if (answer.status != 200) return;
  if (answer.members.empty()) answer.body = with_inserted(answer.body, in_text);
  for (Member& member : answer.members) {
    if (member.name == at.fault.member) member.json = with_inserted(member.json, in_json);
  }
}

}  // namespace

void write_out(HttpAnswer& answer) {
  if (answer.members.empty()) return;
  answer.body = to_json(answer.members);
  answer.members.clear();
}

void redirect(HttpAnswer& answer, const Circumstances& at) {
  const auto host = at.request.header("host");
  replace(answer, "text/html", "<html><a href=\"?redirected=1\">moved</a></html>\n");
  answer.status = 302;
  answer.headers["Location"] =
      (host ? "http://" + *host : std::string()) + at.request.path + "?redirected=1";
}

void give_status(HttpAnswer& answer, const Circumstances& at) {
  const bool bodiless = at.fault.status == 204 || at.fault.status == 304;
  replace(answer, "text/plain",
          bodiless ? std::string() : "status " + std::to_string(at.fault.status) + "\n");
  answer.status = at.fault.status;
}

void give_html(HttpAnswer& answer, const Circumstances&) {
  replace(answer, "text/html", "<html><body><h1>The proxy is busy</h1></body></html>\n");
}

void give_nested_arrays(HttpAnswer& answer, const Circumstances&) {
  constexpr std::size_t kDepth = 30000;
  static_assert(2 * kDepth < kCap);
  replace(answer, "application/json", std::string(kDepth, '[') + std::string(kDepth, ']'));
}

void pad(HttpAnswer& answer, const Circumstances&) {
  write_out(answer);
  // Spaces at the end leave JSON valid and are trimmed off a role's name.
  answer.body.resize(std::max(answer.body.size(), kCap + 4096), ' ');
}

void lose_member(HttpAnswer& answer, const Circumstances& at) {
  drop_member(answer, at.fault.member);
}

void lose_last_updated(HttpAnswer& answer, const Circumstances&) {
  drop_member(answer, "LastUpdated");
}

void mistype_member(HttpAnswer& answer, const Circumstances& at) {
  set_member(answer, at.fault.member, "12345");
}

void put_control_characters(HttpAnswer& answer, const Circumstances& at) {
  insert_in_value(answer, at, R"(\u0007\n)", "\a\n");
}

void put_nul(HttpAnswer& answer, const Circumstances& at) {
  insert_in_value(answer, at, R"(\u0000)", std::string(1, '\0'));
}

void put_non_ascii(HttpAnswer& answer, const Circumstances& at) {
  insert_in_value(answer, at, "\u00e9\u9375", "\u00e9\u9375");
}

void empty_value(HttpAnswer& answer, const Circumstances& at) {
  if (answer.status == 200 && answer.members.empty()) answer.body.clear();
  set_member(answer, at.fault.member, quoted(""));
}

void fail_code(HttpAnswer& answer, const Circumstances&) {
  set_member(answer, "Code", quoted("Failed"));
}

void expire(HttpAnswer& answer, const Circumstances& at) {
  set_member(answer, "Expiration", quoted(iso8601(at.now - std::chrono::hours(1))));
  set_member(answer, "LastUpdated", quoted(iso8601(at.now - std::chrono::hours(2))));
}

void give_impossible_date(HttpAnswer& answer, const Circumstances&) {
  set_member(answer, "Expiration", quoted("2026-13-45T99:99:99Z"));
}

void lose_http_date(HttpAnswer& answer, const Circumstances&) {
  answer.headers.erase("Date");
}

void give_bad_http_date(HttpAnswer& answer, const Circumstances&) {
  answer.headers["Date"] = "Someday, 99 Foo 20xx 25:61:61 ABC";
}

}  // namespace ramrolefs::emulator
