// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ramrolefs {

/// Why no credential could be had: a closed list, by what there is to do about it. Each cause has
/// its errno (fusefs/errors.h) and its row in the README.
enum class Cause {
  no_role,            // 404 on the role list or the role
  refused,            // the service refuses the connection
  no_network,         // no such network
  unreachable,        // no route to the host, or its name can't be resolved
  timed_out,          // no answer in time, connected or not
  denied,             // 401, 403, or a token is wanted and the service has none
  no_token,           // a token is wanted, and asking for one failed in a way that may pass
  unavailable,        // 429, 5xx
  unexpected_status,  // a redirect, any other status
  cut_off,            // the connection was closed, or the answer cut off
  malformed,          // no JSON, a member missing or of a wrong type or form, larger than the cap
  not_successful,     // `Code` is not `Success`
  expired,            // the newest credential to be had is over already
  local,              // this machine: no memory, no descriptors
};

/// The words for people: "connection refused".
std::string_view describe(Cause cause);

/// True for what may be over in a moment, and is thus worth asking again while a reader waits: the
/// service or the network is coming up. False for what somebody has to change first.
bool may_pass(Cause cause);

/// A refresh that did not succeed.
struct Failure {
  Cause cause;
  std::string detail;  // what and where, for people: never a byte of an answer's body

  bool operator==(const Failure&) const = default;
};

template <typename T>
using Result = tl::expected<T, Failure>;

}  // namespace ramrolefs
