// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "common/credential.h"
#include "common/failure.h"
#include "common/metadata_client.h"
#include "common/utc.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {

constexpr std::chrono::hours kWholeLife{6};

/// The credential of that number: each differs from every other in all that is secret.
inline Credential make_credential(int number = 1) {
  const std::string n = std::to_string(number);
  return {"a-role",
          Secret("STS.id-" + n),
          Secret("secret-" + n),
          Secret("token-" + n),
          kStartOfWall + kWholeLife,
          kStartOfWall};
}

/// Each makes another credential of one.
inline const std::function<void(Credential&)> kChanges[] = {
    [](Credential& c) { c.role = "another-role"; },
    [](Credential& c) { c.access_key_id = Secret("another"); },
    [](Credential& c) { c.access_key_secret = Secret("another"); },
    [](Credential& c) { c.security_token = Secret("another"); },
    [](Credential& c) { c.expiration += std::chrono::seconds(1); },
};

/// The same, as the metadata service writes it.
inline std::string body_of(const Credential& credential) {
  return R"({"Code":"Success","AccessKeyId":")" + std::string(credential.access_key_id.expose()) +
         R"(","AccessKeySecret":")" + std::string(credential.access_key_secret.expose()) +
         R"(","SecurityToken":")" + std::string(credential.security_token.expose()) +
         R"(","Expiration":")" + format_utc(credential.expiration) + R"(","LastUpdated":")" +
         format_utc(credential.last_updated) + R"("})";
}

/// For comparing: "success", or the words for the cause.
template <typename T>
std::string outcome(const Result<T>& result) {
  return result ? "success" : std::string(describe(result.error().cause));
}

/// For comparing: GoogleTest prints no durations.
constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace ramrolefs::unit
