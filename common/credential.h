// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "common/secret.h"

namespace ramrolefs {

/// What the metadata service gives an instance for its role: a temporary STS credential.
struct Credential {
  std::string role;
  Secret access_key_id;
  Secret access_key_secret;
  Secret security_token;
  std::chrono::sys_seconds expiration;    // by the service's clock
  std::chrono::sys_seconds last_updated;  // when it was made; of the fetch where the service
                                          // does not say

  /// Whether it is the same credential: an answer that holds it again makes no new generation.
  /// `last_updated` does not count, because it may be the time of the fetch.
  bool same_as(const Credential& other) const {
    return role == other.role && access_key_id == other.access_key_id &&
           access_key_secret == other.access_key_secret && security_token == other.security_token &&
           expiration == other.expiration;
  }
};

}  // namespace ramrolefs
