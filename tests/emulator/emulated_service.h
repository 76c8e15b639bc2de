// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/emulator/credential.h"
#include "tests/emulator/endpoint.h"
#include "tests/emulator/random_text.h"
#include "tests/emulator/times.h"
#include "tests/emulator/tokens.h"

namespace ramrolefs::emulator {

/// What can be set on the command line and later over the control interface.
struct Settings {
  Duration lifetime = std::chrono::hours(6);
  Duration renew_before = std::chrono::minutes(30);  // half of a lifetime counts at most
  Duration clock_offset = Duration::zero();
  bool hardened = false;
};

/// May a request without, or with this, token be answered?
enum class Access { granted, invalid_token, token_required };

/// The instance that the emulator pretends to be: its role, credential, tokens and counters.
///
/// Threads  call it from one thread at a time.
/// Time     asks no clock: callers pass `now`, on the machine's clocks.
class EmulatedService {
 public:
  /// An empty role: none is attached.
  EmulatedService(std::string role, const Settings& settings, const Moment& now);

  /// Now, as the emulated service sees it.
  WallTime wall(const Moment& now) const;

  const std::string& role() const { return role_; }
  /// Attaches a role, with a credential of its own, or detaches what there is.
  void attach(std::string role, const Moment& now);

  /// The attached role's credential, renewed when it has less than renew_before left on the steady
  /// clock (a change of clock_offset alone renews nothing). Requires a role.
  const Credential& credential(const Moment& now);
  /// Makes a new credential. Requires a role.
  void rotate(const Moment& now);
  std::uint64_t credentials_made() const { return credentials_made_; }

  const Settings& settings() const { return settings_; }
  /// Lifetime and clock_offset shape the credentials made from here on; the rest counts at once.
  void set(const Settings& settings) { settings_ = settings; }

  std::string issue_token(Duration ttl, SteadyTime now) { return tokens_.issue(random_, ttl, now); }
  void invalidate_tokens() { tokens_.invalidate_all(); }
  Access access(const std::optional<std::string>& token, SteadyTime now) const;

  RequestCounters& counters() { return counters_; }

 private:
  Duration left(SteadyTime now) const;
  Duration renewal_threshold() const;

  RandomText random_;
  Settings settings_;
  std::string role_;
  Credential credential_;
  SteadyTime made_;
  Duration lifetime_{};
  std::uint64_t credentials_made_ = 0;
  Tokens tokens_;
  RequestCounters counters_;
};

}  // namespace ramrolefs::emulator
