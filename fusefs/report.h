// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/clock.h"
#include "common/failure.h"
#include "common/metadata_client.h"

namespace ramrolefs {

/// What flights bring, a line each in the log.
///
/// Threads   one at a time.
class Report {
 public:
  /// A new credential, valid for so long.
  void rotated(const Credential& credential, Duration remaining) const;
  void confirmed(const Credential& credential) const;

  /// A flight failed. `remaining`: of the credential in hand, if there is one.
  void failed(const Failure& failure, std::optional<Duration> remaining, Duration pause) const;

  /// How far this machine's clock is off: a line when it begins to be off by more than a minute.
  void skew(const std::optional<std::chrono::seconds>& skew);

 private:
  bool skewed_ = false;
};

}  // namespace ramrolefs
