// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "common/clock.h"
#include "common/credential.h"
#include "fusefs/generation.h"

namespace ramrolefs {

/// The current generation and those that it superseded, as long as somebody may hold an inode of
/// them: until they expire. At most kKept of them, which bounds the memory whatever the service
/// does; the oldest goes first. drop_expired() wipes those that nobody is given any more.
///
/// Threads   one at a time.
/// Owns      the generations. A reference to one holds until the next publish() or drop_expired().
/// Time      asks no clock: callers pass `now`. An expired generation is never given out.
class Generations {
 public:
  static constexpr std::size_t kKept = 16;

  explicit Generations(bool newline) : newline_(newline) {}

  /// Makes the credential the current generation. If it is the one in hand, no generation is made:
  /// only the moment at which it expires is taken over. Returns whether one was made.
  bool publish(const Credential& credential, SteadyTime expires_at);

  /// The current one; null where there is none, or it has expired.
  const Generation* current(SteadyTime now) const;
  /// The credential that the current one shows; null as above.
  const Credential* in_hand(SteadyTime now) const {
    return current(now) != nullptr ? &*in_hand_ : nullptr;
  }
  /// That one; null where it is not there any more, or not yet.
  const Generation* find(GenerationId id, SteadyTime now) const;

  /// When it expires. Requires: find() gives it.
  SteadyTime expires_at(const Generation& generation) const;

  void drop_expired(SteadyTime now);
  /// When the next one expires; nothing where none is kept.
  std::optional<SteadyTime> next_expiry() const;

  /// The one that the next publish() will make.
  GenerationId next() const { return next_; }

 private:
  struct Kept {
    Generation generation;
    SteadyTime expires_at;
  };

  bool newline_;
  GenerationId next_{1};
  std::optional<Credential> in_hand_;  // of the newest; nothing once that was dropped
  timespec newest_mtime_{};
  std::deque<Kept> kept_;  // the newest last
};

}  // namespace ramrolefs
