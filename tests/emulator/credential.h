// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/emulator/random_text.h"
#include "tests/emulator/times.h"

namespace ramrolefs::emulator {

/// A made-up STS credential.
struct Credential {
  std::string access_key_id;
  std::string access_key_secret;
  std::string security_token;
  WallTime expiration;
  WallTime last_updated;
};

/// A new one, valid from `made` for `lifetime`.
Credential make_credential(RandomText& random, WallTime made, Duration lifetime);

/// A member of a JSON object: its value is kept as JSON text, so that a fault can write anything.
struct Member {
  std::string name;
  std::string json;
};

/// What the service's answer holds, in its order.
std::vector<Member> members_of(const Credential& credential);

/// The service's form, to the space: `  "Name" : value`, a member a line, no newline at the end.
std::string to_json(const std::vector<Member>& members);

/// `text` as a JSON string. Requires nothing in it that JSON escapes.
std::string quoted(const std::string& text);

}  // namespace ramrolefs::emulator
