// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/clock.h"

namespace ramrolefs {

/// When a credential is to be asked for again, though it is still valid.
struct DuePolicy {
  // Earlier than the earliest of the official SDKs and tools wants a new one (20 minutes), so that
  // no reader of the files refuses what it reads.
  Duration refresh_before = std::chrono::minutes(30);
  // By which a role that was swapped is noticed.
  Duration max_age = std::chrono::minutes(10);
};

/// How long the service may go on returning the credential in hand before it is asked once more.
constexpr Duration kAskAgain = std::chrono::minutes(1);

/// The life of a credential, as the last answer that held it tells.
struct Lifetime {
  SteadyTime confirmed_at;  // when that answer came: a slow one must not be due on arrival
  SteadyTime expires_at;
  Duration whole;  // from its making to its Expiration

  bool operator==(const Lifetime&) const = default;
};

/// The moment from which a read refreshes: min(expires_at - refresh_before, confirmed_at +
/// max_age), where
///   - refresh_before is at most half of a whole life that is shorter than an hour;
///   - once expires_at - refresh_before has passed, kAskAgain after confirmed_at takes its place,
///     so that a service which has no newer one yet is asked once a minute at most.
SteadyTime due_at(const Lifetime& lifetime, const DuePolicy& policy);

}  // namespace ramrolefs
