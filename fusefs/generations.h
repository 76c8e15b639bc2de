// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "common/clock.h"
#include "common/credential.h"
#include "fusefs/generation.h"

namespace ramrolefs {

/// The current generation and those that it superseded, as long as somebody may be given something
/// of them: until their inodes follow, and a little longer; one that is held through current/,
/// until it expires. At most kKept of them, which bounds the memory whatever the service does; the
/// oldest goes first. drop() wipes those that nobody is given any more.
///
/// Threads   one at a time.
/// Owns      the generations. A reference to one holds until the next publish() or drop().
/// Time      asks no clock: callers pass `now`. An expired generation is never given out.
class Generations {
 public:
  static constexpr std::size_t kKept = 64;
  /// The kernel may answer for a second from what it was told of a generation, and a read that
  /// began in that second may be slow.
  static constexpr Duration kLinger = std::chrono::seconds(5);

  /// `follow_after`: how long after a generation was superseded its inodes follow.
  Generations(bool newline, Duration follow_after)
      : newline_(newline), follow_after_(follow_after) {}

  /// Makes the credential the current generation. If it is the one in hand, no generation is made:
  /// only the moment at which it expires is taken over. Returns whether one was made.
  bool publish(const Credential& credential, SteadyTime expires_at, SteadyTime now);

  /// The current one; null where there is none, or it has expired.
  const Generation* current(SteadyTime now) const;
  /// The credential that the current one shows; null as above.
  const Credential* in_hand(SteadyTime now) const {
    return current(now) != nullptr ? &*in_hand_ : nullptr;
  }
  /// That one; null where it is not there any more, or not yet.
  const Generation* find(GenerationId id, SteadyTime now) const;
  /// The last one in which the file has that inode in the mount's root; null where none has.
  const Generation* find(InodeNumber inode, const ServedFile& file, SteadyTime now) const;

  /// When it expires. Requires: it was given out, as below.
  SteadyTime expires_at(const Generation& generation) const { return kept(generation).expires_at; }
  /// From when on its inodes follow; nothing for the current one, of which that is not known yet.
  std::optional<SteadyTime> follows_at(const Generation& generation) const;

  /// Somebody may hold its current/: it is kept until it expires.
  void hold(const Generation& generation);

  void drop(SteadyTime now);
  /// When there is something to drop again; nothing where none is kept.
  std::optional<SteadyTime> next_drop() const;

  /// The one that the next publish() will make.
  GenerationId next() const { return next_; }

 private:
  struct Kept {
    Generation generation;
    SteadyTime expires_at;
    std::optional<SteadyTime> superseded_at;
    bool held;
  };

  const Kept& kept(const Generation& generation) const;
  SteadyTime drop_at(const Kept& kept) const;

  bool newline_;
  Duration follow_after_;
  GenerationId next_{1};
  std::optional<Credential> in_hand_;  // of the newest; nothing once that was dropped
  timespec newest_mtime_{};
  std::deque<Kept> kept_;  // the newest last
};

}  // namespace ramrolefs
