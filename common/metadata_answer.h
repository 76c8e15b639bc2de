// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/credential.h"
#include "common/failure.h"
#include "common/secret.h"

namespace ramrolefs {

/// Reads the answer to the role list: the role's name, alone, with white space around it at most.
/// An empty one means that no role is attached. A name is 1 to 64 letters, digits, `.`, `-`, `_`
/// (RAM's own rule), so that it is safe in a URL, in a log and in a file.
Result<std::string> parse_role_name(std::string_view body);

/// Whether `name` is a role's name by that rule.
bool is_role_name(std::string_view name);

/// Reads the answer that is the instance's region, alone, with white space around it at most: 1 to
/// 64 letters, digits and `-`.
Result<std::string> parse_region(std::string_view body);

/// Whether `name` can be a region's.
bool is_region(std::string_view name);

/// Reads the token endpoint's answer: printable ASCII without spaces, 1 to 4096 characters.
Result<Secret> parse_token(std::string_view body);

/// Reads the answer that holds the credential of `role`, and takes it as a whole or not at all:
/// `Code` is `Success`; AccessKeyId, AccessKeySecret, SecurityToken and Expiration are there, are
/// strings, not empty, and printable ASCII; Expiration and LastUpdated are of the form that
/// parse_utc() takes. LastUpdated may be missing: then it is `fetched`.
///
/// Failures  malformed, not_successful; the detail names the member, never a value.
Result<Credential> parse_credential(std::string_view body, const std::string& role,
                                    std::chrono::sys_seconds fetched);

}  // namespace ramrolefs
