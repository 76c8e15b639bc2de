// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/emulator/fault.h"
#include "tests/emulator/spoil.h"

namespace ramrolefs::emulator {
namespace {

using enum Reach;
using enum Delivery;

// clang-format off
constexpr std::array kKinds{
    FaultKind{"none", "", "", any_answer, whole, nullptr,
              "All is well again."},
    FaultKind{"delay", "seconds", "1", any_answer, late, nullptr,
              "The answer, made then, comes after SECONDS."},
    FaultKind{"hang", "", "", any_answer, never, nullptr,
              "The request is accepted and not answered until another fault, or none, is ordered."},
    FaultKind{"trickle", "seconds", "0.5", any_answer, byte_by_byte, nullptr,
              "The right answer, head and body, a byte every SECONDS."},
    FaultKind{"close", "", "", any_answer, dropped, nullptr,
              "The connection is closed before any byte of an answer."},
    FaultKind{"truncate", "", "", any_answer, cut_off, nullptr,
              "Content-Length tells the whole, half of the body comes, then the connection is closed."},
    FaultKind{"endless", "", "", any_answer, Delivery::endless, nullptr,
              "A body without Content-Length that never ends, sent as fast as it is read."},
    FaultKind{"redirect", "", "", any_answer, whole, redirect,
              "302 to the same URL with ?redirected=1, where no fault applies: "
              "who follows gets the right answer."},
    FaultKind{"status", "status", "500", any_answer, whole, give_status,
              "Answers STATUS, 200 to 599."},
    FaultKind{"not_json", "", "", any_answer, whole, give_html,
              "200 and an HTML page."},
    FaultKind{"deep_json", "", "", any_answer, whole, give_nested_arrays,
              "200 and 30000 nested arrays, 60000 bytes."},
    FaultKind{"large", "", "", any_answer, whole, pad,
              "The right answer and spaces after it, 68 KiB in all."},
    FaultKind{"missing", "member", "AccessKeyId", credential, whole, lose_member,
              "The credential lacks MEMBER."},
    FaultKind{"no_last_updated", "", "", credential, whole, lose_last_updated,
              "The credential lacks LastUpdated, which clients can do without."},
    FaultKind{"mistyped", "member", "AccessKeyId", credential, whole, mistype_member,
              "MEMBER is a number."},
    FaultKind{"control", "member", "AccessKeyId", value, whole, put_control_characters,
              "MEMBER holds \\u0007 and \\n as JSON escapes; a token, role or region holds the two bytes."},
    FaultKind{"nul", "member", "AccessKeyId", value, whole, put_nul,
              "MEMBER holds \\u0000 as JSON escape; a token, role or region holds the byte."},
    FaultKind{"non_ascii", "member", "AccessKeyId", value, whole, put_non_ascii,
              "MEMBER holds two characters beyond ASCII, in UTF-8; so does a token or role."},
    FaultKind{"empty", "member", "AccessKeyId", value, whole, empty_value,
              "MEMBER is an empty string; a token, role or region is an empty body."},
    FaultKind{"code", "", "", credential, whole, fail_code,
              "Code is Failed."},
    FaultKind{"expired", "", "", credential, whole, expire,
              "Expiration is an hour ago, on the emulator's clock."},
    FaultKind{"bad_date", "", "", credential, whole, give_impossible_date,
              "Expiration is 2026-13-45T99:99:99Z."},
    FaultKind{"no_date", "", "", any_answer, whole, lose_http_date,
              "The right answer without a Date header."},
    FaultKind{"bad_http_date", "", "", any_answer, whole, give_bad_http_date,
              "The right answer with nonsense for a Date header."},
};
// clang-format on

}  // namespace

std::span<const FaultKind> fault_table() {
  return kKinds;
}

}  // namespace ramrolefs::emulator
