// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/emulator/fault.h"

/// What the kinds of fault do to an answer, before it is sent.
///
/// They change healthy answers; what lacks the thing to be changed (a refusal has no members)
/// stays.
namespace ramrolefs::emulator {

/// The answer as it would be sent: the members, if any, become the body.
void write_out(HttpAnswer& answer);

void redirect(HttpAnswer& answer, const Circumstances& at);
void give_status(HttpAnswer& answer, const Circumstances& at);
void give_html(HttpAnswer& answer, const Circumstances& at);
void give_nested_arrays(HttpAnswer& answer, const Circumstances& at);
void pad(HttpAnswer& answer, const Circumstances& at);

void lose_member(HttpAnswer& answer, const Circumstances& at);
void lose_last_updated(HttpAnswer& answer, const Circumstances& at);
void mistype_member(HttpAnswer& answer, const Circumstances& at);
void put_control_characters(HttpAnswer& answer, const Circumstances& at);
void put_nul(HttpAnswer& answer, const Circumstances& at);
void put_non_ascii(HttpAnswer& answer, const Circumstances& at);
void empty_value(HttpAnswer& answer, const Circumstances& at);
void fail_code(HttpAnswer& answer, const Circumstances& at);
void expire(HttpAnswer& answer, const Circumstances& at);
void give_impossible_date(HttpAnswer& answer, const Circumstances& at);

void lose_http_date(HttpAnswer& answer, const Circumstances& at);
void give_bad_http_date(HttpAnswer& answer, const Circumstances& at);

}  // namespace ramrolefs::emulator
