// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/credential.h"
#include "fusefs/generation.h"
#include "fusefs/generation_counter.h"
#include "fusefs/generation_memory.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {

/// The current generation and those that it superseded, as long as somebody may be given something
/// of them: until their inodes follow, and a little longer; one that is held through current/,
/// until it expires. At most kKept of them, which bounds the memory whatever the service does; the
/// oldest goes first. drop() wipes those that nobody is given any more.
///
/// They outlive the process, for another one that takes over: their bytes are in a
/// GenerationMemory, save() and restore() hand on the rest, and the GenerationCounter tells even
/// who can't read those what the newest was. If the first credential that he gets is that one's, he
/// gives it the same number and time stamp, and nobody has noticed anything. Until then, it is
/// *lost*.
///
/// Threads   one at a time.
/// Owns      the generations, but not what is in the memory: that goes on, unless wipe() is called.
///           A reference to one holds until the next publish() or drop().
/// Time      asks no clock: callers pass `now`. An expired generation is never given out.
class Generations {
 public:
  static constexpr std::size_t kKept = 64;
  /// The kernel may answer for a second from what it was told of a generation, and a read that
  /// began in that second may be slow.
  static constexpr Duration kLinger = std::chrono::seconds(5);

  /// `memory`, of kKept + 1 slots, and `counter` must outlive it. `follow_after`: how long after a
  /// generation was superseded its inodes follow.
  Generations(GenerationMemory& memory, GenerationCounter& counter, bool newline,
              Duration follow_after, std::string mount_point = {});

  /// Makes the credential the current generation. If it is the one in hand, no generation is made:
  /// only the moment at which it expires is taken over. Returns whether one was made. Throws
  /// std::bad_alloc, and then nothing has happened.
  bool publish(const Credential& credential, SteadyTime expires_at, SteadyTime now);

  /// If the current one was rendered otherwise than is wanted now, makes another one of its
  /// credential. Returns whether it did.
  bool render_anew(SteadyTime now);

  /// The current one; null where there is none, or it has expired.
  const Generation* current(SteadyTime now) const;
  /// That one; null where it is not there any more, or not yet.
  const Generation* find(GenerationId id, SteadyTime now) const;
  /// The last one in which the file has that inode in the mount's root; null where none has.
  const Generation* find(InodeNumber inode, const ServedFile& file, SteadyTime now) const;

  /// When it expires. Requires: it was given out, as below.
  SteadyTime expires_at(const Generation& generation) const { return kept(generation).expires_at; }
  /// From when on its inodes follow; nothing for the current one, of which that is not known yet.
  std::optional<SteadyTime> follows_at(const Generation& generation) const;

  /// Somebody may hold its current/: it is kept until it expires. Returns whether that is news.
  bool hold(const Generation& generation);

  void drop(SteadyTime now);
  /// When there is something to drop again; nothing where none is kept.
  std::optional<SteadyTime> next_drop() const;

  /// The one that the next publish() will make.
  GenerationId next() const { return next_; }

  /// The newest one, if it could not be read at the takeover and nothing was published since.
  const std::optional<Newest>& lost() const { return lost_; }
  /// The current one, if it was lost: who knows an older one may have been told of it, by a worker
  /// that can't be asked any more. Null if not.
  const Generation* regained(SteadyTime now) const;

  void save(SnapshotWriter& writer) const;
  /// In place of what there is: what another one saved, but for what its memory does not hold
  /// whole any more; that is wiped. If false, call start_over().
  bool restore(SnapshotReader& reader);
  /// Wipes all, and begins as a new one does: with the counter.
  void start_over();
  /// Of what save() writes.
  static std::size_t layout() { return Generation::layout() + sizeof(Kept); }

  /// The mount is at its end: nobody takes over.
  void wipe();

 private:
  struct Kept {
    Generation generation;
    SteadyTime expires_at;
    std::optional<SteadyTime> superseded_at;  // nothing: it is the newest
    bool held;
    bool regained = false;
  };

  bool has_newest() const { return !kept_.empty() && !kept_.back().superseded_at; }
  const Kept& kept(const Generation& generation) const;
  SteadyTime drop_at(const Kept& kept) const;
  Newest number(const Credential& credential) const;
  void add(const Credential& credential, const Newest& as, SteadyTime expires_at, SteadyTime now);
  Generation make(const Credential& credential, const Newest& as);
  GenerationMemory::Slot free_slot() const;
  void supersede(SteadyTime now);
  bool restore_one(SnapshotReader& reader);
  void wipe_unused();

  GenerationMemory* memory_;
  GenerationCounter* counter_;
  bool newline_;
  Duration follow_after_;
  std::string mount_point_;
  GenerationId next_{1};
  timespec newest_mtime_{};
  std::deque<Kept> kept_;  // the newest last
  std::optional<Newest> lost_;
};

}  // namespace ramrolefs
