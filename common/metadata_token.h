// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/clock.h"
#include "common/failure.h"
#include "common/metadata_transport.h"
#include "common/secret.h"

namespace ramrolefs {

/// The token that hardened mode asks for (`PUT /latest/api/token`): got when needed, and kept until
/// a minute before its time is over.
///
/// Threads   one at a time.
/// Owns      the token.
class MetadataToken {
 public:
  /// `transport` and `clock` must outlive it.
  MetadataToken(MetadataTransport& transport, const Clock& clock)
      : transport_(transport), clock_(clock) {}

  /// Sees to it that there is one, in `limit` at most. A failure is kept until the next call.
  void ensure(Duration limit);

  /// Forgets it: the service has answered 401.
  void drop();

  /// Empty where there is none.
  const Secret& value() const { return value_; }

  /// Why there is none, after ensure().
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  Result<Secret> ask(Duration limit);

  MetadataTransport& transport_;
  const Clock& clock_;
  Secret value_;
  SteadyTime use_until_;
  std::optional<Failure> failure_;
};

}  // namespace ramrolefs
