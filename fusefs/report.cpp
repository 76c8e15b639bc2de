// SPDX-License-Identifier: Apache-2.0
#include "fusefs/report.h"

#include <string>

#include "common/log.h"
#include "common/utc.h"

namespace ramrolefs {
namespace {

constexpr std::chrono::seconds kLargestSkew{60};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void Report::rotated(const Credential& credential, Duration remaining) const {
  log::event(log::Level::info, "rotated", {{"RAMROLEFS_ROLE", credential.role}},
             "a new credential: role {}, valid until {}, for {} s", credential.role,
             format_utc(credential.expiration),
             std::chrono::floor<std::chrono::seconds>(remaining).count());
}

void Report::confirmed(const Credential& credential) const {
  log::debug("the credential of role {} is confirmed", credential.role);
}

void Report::failed(const Failure& failure, std::optional<Duration> remaining,
                    Duration pause) const {
  const std::string next =
      remaining ? fmt::format("the credential in hand is served, valid for {:.0f} s more",
                              seconds(*remaining))
                : "nothing to serve";
  const std::string_view cause = describe(failure.cause);
  log::event(log::Level::warning, "refresh_failed", {{"RAMROLEFS_CAUSE", cause}},
             "refresh failed: {}: {}; {}; next try in {:.1f} s at the earliest", cause,
             failure.detail, next, seconds(pause));
}

void Report::skew(const std::optional<std::chrono::seconds>& skew) {
  const bool skewed = skew && std::chrono::abs(*skew) > kLargestSkew;
  if (skewed && !skewed_) {
    log::event(log::Level::warning, "clock_skew", {},
               "this machine's clock is {} s {} the metadata service's: credentials are counted "
               "by the latter, but applications sign by the former",
               std::chrono::abs(*skew).count(), skew->count() > 0 ? "ahead of" : "behind");
  }
  skewed_ = skewed;
}

}  // namespace ramrolefs
