// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "common/clock.h"
#include "fusefs/inode_number.h"
#include "fusefs/kin.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {

/// Reads that belong together, so that a set of values that is read name by name is of one
/// generation, though a newer one comes in between.
///
/// A *sweep* is a generation and the names asked for in the present set. It is known under its
/// caller's process, parent (in that session), process group and session; a LOOKUP belongs to the
/// first of these that has a live one, by the last three only if its process is younger than the
/// read window: a `cat`. A new sweep begins, with the newest generation, for a LOOKUP that belongs
/// to none, and for one that comes after a pause and asks for AccessKeyId, or for a name that the
/// set has. Without a pause, such a name (but the last: stat, then open) begins a new set of the
/// same sweep. Two exceptions:
///
/// - Who pauses within a set must take AccessKeyId first. After such a set, if AccessKeyId is in
///   it, AccessKeyId alone begins another; until three in a row show that all of the set is taken
///   after the pause.
/// - What comes first of a process may be the middle of a set. Before there is anything newer, the
///   first pause ends it in any case.
///
/// For each of these it is over one window after its last LOOKUP from there, and for all ten after
/// its first: of a reader that never pauses, the set that begins with AccessKeyId in the tenth gets
/// the newest, so that none which begins so and takes less than a window is cut in two.
///
/// Threads   one at a time.
/// Owns      what it notes; none of it lives longer than a window after its last LOOKUP once
///           clean_up() was called, and there are kMostKeys at most, however many processes read:
///           further ones get the newest each time.
/// Time      asks no clock: callers pass `now`, which must not go back.
class Sweeps {
 public:
  static constexpr std::size_t kMostKeys = 50'000;
  static constexpr int kMostWindows = 10;
  /// A pause between two sets, which no program makes within one that it takes in one go.
  static constexpr Duration kPause = std::chrono::milliseconds(100);

  explicit Sweeps(Duration window) : window_(window) {}

  /// A LOOKUP: which generation it is to be answered with. `newest` is what one gets that begins a
  /// sweep.
  GenerationId lookup(const Kin& kin, Place name, GenerationId newest, SteadyTime now);

  /// The generation of the live sweep of that process, if it has one.
  std::optional<GenerationId> generation_of(const Kin& kin, SteadyTime now) const;

  /// Generation `from` did not come about: all its sweeps, or that of one process, are of `to`.
  void settle(GenerationId from, GenerationId to);
  void settle(const Kin& kin, GenerationId from, GenerationId to);

  /// Ends all sweeps of that generation: it can't be given any more.
  void end(GenerationId generation);

  /// When the last sweep of a generation before `generation` is over, if none goes on; nothing if
  /// all are.
  std::optional<SteadyTime> older_end(GenerationId generation, SteadyTime now) const;

  /// Forgets the sweeps that are over.
  void clean_up(SteadyTime now);
  /// When there may be something to clean up; nothing where nothing is noted.
  std::optional<SteadyTime> clean_up_at() const;

  std::size_t size() const { return sweeps_.size(); }

  /// Nobody was served for so long: no reader has made a pause by that.
  void stood_still(Duration time);

  /// For another process that takes over. save() allocates nothing.
  void save(SnapshotWriter& writer) const;
  /// In place of what there is. If false, there is nothing.
  bool restore(SnapshotReader& reader);
  /// Of what save() writes.
  static std::size_t layout() { return sizeof(Key) + sizeof(Sweep) + sizeof(Times); }

 private:
  enum class Relation { process, parent, group, session };
  struct Key {
    Relation relation;
    pid_t number;
    pid_t session = 0;  // of a parent's: what one process has started may share nothing else
    bool operator<(const Key& other) const {
      return std::tie(relation, number, session) <
             std::tie(other.relation, other.number, other.session);
    }
  };
  using Names = std::bitset<256>;
  struct Sweep {
    GenerationId generation;
    SteadyTime began;
    SteadyTime last;
    bool midway;  // nobody knows what came before it: maybe some of the set
    Place last_name{};
    Names names{};              // of the present set
    Names burst{};              // of it, since the last pause
    bool slow = false;          // whether there was a pause within it
    bool started_over = false;  // whether it is not the first
    int in_one_go = 0;          // so many sets in a row were complete since a pause within them

    std::uint64_t saved = 0;   // by which save()
    std::uint32_t number = 0;  // among what that one saved

    void save(SnapshotWriter& writer) const;
    bool restore(SnapshotReader& reader);
  };

  struct Known {
    std::shared_ptr<Sweep> sweep;
    SteadyTime last;  // LOOKUP from there: a `cat` need not be known as long as its script reads
  };

  static std::vector<Key> keys_of(const Kin& kin);
  bool live(const Known& known, SteadyTime now) const { return now < known.last + window_; }
  std::shared_ptr<Sweep> find(Key key, SteadyTime now) const;
  std::shared_ptr<Sweep> find(const std::vector<Key>& keys, Duration age, SteadyTime now) const;
  bool begins_anew(Sweep& sweep, Place name, GenerationId newest, SteadyTime now) const;
  static bool begins_after_pause(Sweep& sweep, Place name, GenerationId newest);
  static bool begins_without_pause(Sweep& sweep, Place name, bool late);
  void note(Key key, const std::shared_ptr<Sweep>& sweep, SteadyTime now);
  bool restore_all(SnapshotReader& reader);

  Duration window_;
  std::map<Key, Known> sweeps_;
  struct Times {
    SteadyTime began;  // of the last sweep
    SteadyTime last;   // of the last LOOKUP
  };
  SteadyTime end_of(const Times& times) const;
  void note(GenerationId generation, const Times& times);

  std::map<GenerationId, Times> times_;  // of the sweeps of each generation
  std::optional<SteadyTime> clean_up_at_;
  mutable std::uint64_t saves_ = 0;
};

}  // namespace ramrolefs
