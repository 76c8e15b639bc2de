// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/emulated_service.h"

#include <algorithm>
#include <utility>

namespace ramrolefs::emulator {

EmulatedService::EmulatedService(std::string role, const Settings& settings, const Moment& now)
    : settings_(settings) {
  attach(std::move(role), now);
}

WallTime EmulatedService::wall(const Moment& now) const {
  return now.wall + std::chrono::duration_cast<WallTime::duration>(settings_.clock_offset);
}

void EmulatedService::attach(std::string role, const Moment& now) {
  role_ = std::move(role);
  if (!role_.empty()) rotate(now);
}

const Credential& EmulatedService::credential(const Moment& now) {
  if (left(now.steady) < renewal_threshold()) rotate(now);
  return credential_;
}

void EmulatedService::rotate(const Moment& now) {
  lifetime_ = settings_.lifetime;
  made_ = now.steady;
  credential_ = make_credential(random_, wall(now), lifetime_);
  ++credentials_made_;
}

Access EmulatedService::access(const std::optional<std::string>& token, SteadyTime now) const {
  if (!token) return settings_.hardened ? Access::token_required : Access::granted;
  return tokens_.valid(*token, now) ? Access::granted : Access::invalid_token;
}

Duration EmulatedService::left(SteadyTime now) const {
  return made_ + lifetime_ - now;
}

Duration EmulatedService::renewal_threshold() const {
  // Half of a lifetime: with more, a credential might be due as soon as it is made.
  return std::min(settings_.renew_before, lifetime_ / 2);
}

}  // namespace ramrolefs::emulator
