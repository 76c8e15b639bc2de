// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/credential.h"

namespace ramrolefs::emulator {

Credential make_credential(RandomText& random, WallTime made, Duration lifetime) {
  return {"STS." + random.letters_and_digits(24), random.letters_and_digits(44),
          "CAIS" + random.base64(700),
          made + std::chrono::duration_cast<WallTime::duration>(lifetime), made};
}

std::vector<Member> members_of(const Credential& credential) {
  return {{"AccessKeyId", quoted(credential.access_key_id)},
          {"AccessKeySecret", quoted(credential.access_key_secret)},
          {"Expiration", quoted(iso8601(credential.expiration))},
          {"SecurityToken", quoted(credential.security_token)},
          {"LastUpdated", quoted(iso8601(credential.last_updated))},
          {"Code", quoted("Success")}};
}

std::string to_json(const std::vector<Member>& members) {
  std::string text = "{";
  const char* separator = "\n";
  for (const Member& member : members) {
    text += separator + std::string("  ") + quoted(member.name) + " : " + member.json;
    separator = ",\n";
  }
  return text + "\n}";
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

}  // namespace ramrolefs::emulator
