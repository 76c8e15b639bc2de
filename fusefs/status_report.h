// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "fusefs/statistics.h"

namespace ramrolefs {

/// How a mount fares, for monitoring: what is idle is not broken.
enum class State {
  fresh,   // a credential is in hand, and nothing newer was wanted in vain
  idle,    // none is in hand, and none was asked for in vain: who reads next has it fetched
  stale,   // the one in hand is valid, but due, and the last flight failed
  failed,  // nothing can be served, and the last flight failed
};
std::string_view to_string(State state);

/// Options and their values, as they may be written: "max-age", "600".
using OptionsInForce = std::vector<std::pair<std::string, std::string>>;

/// What a mount has to tell of itself, at one moment. No secret is in it, and no AccessKeyId.
struct Status {
  struct InHand {
    std::string role;
    std::uint64_t generation = 0;
    std::chrono::sys_seconds expiration;  // as the service states it
    std::chrono::seconds valid_for{};     // counted by the service's clock
    std::chrono::sys_seconds next_due;    // by this machine's
  };
  struct LastError {
    Cause cause = Cause::local;
    std::string detail;
    std::chrono::sys_seconds when;
    std::uint64_t count = 0;  // in a row
    bool over = false;        // a flight that did not fail came after it
  };

  std::string version;
  std::string mount_point;
  std::chrono::sys_seconds now;    // when this was so
  std::chrono::sys_seconds since;  // when it was mounted
  State state = State::idle;
  std::optional<InHand> in_hand;
  std::optional<std::chrono::sys_seconds> fetched;  // the last answer that held a credential
  std::optional<LastError> last_error;
  bool flying = false;
  Counters counters;
  std::uint64_t parked = 0;                        // readers, now
  std::uint64_t takeovers = 0;                     // of the process that serves
  std::uint64_t replayed = 0;                      // requests that were served again for it
  Duration back_off{};                             // until the next flight may start
  std::optional<std::chrono::seconds> clock_skew;  // this machine's clock minus the service's
  OptionsInForce options;
};

/// status.json: its members are documented in ramrolefs(8), and stay what they are. All ASCII, ends
/// with a newline.
std::string to_json(const Status& status);

/// metrics: the text format of Prometheus, version 0.0.4.
std::string to_metrics(const Status& status);

/// What `ramrolefs status` shows of a status.json, which another version, or somebody who only says
/// that he is one, may have written: lines of a name and a value, and the state's name. An error is
/// a sentence for people.
struct ForPeople {
  std::string state;
  std::vector<std::pair<std::string, std::string>> lines;
};
tl::expected<ForPeople, std::string> read_status(std::string_view json);

}  // namespace ramrolefs
