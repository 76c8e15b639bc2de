// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "common/clock.h"
#include "common/metadata_client.h"
#include "common/refresh.h"
#include "fusefs/access.h"
#include "fusefs/announcements.h"
#include "fusefs/attributes.h"
#include "fusefs/bound_names.h"
#include "fusefs/contents.h"
#include "fusefs/followers.h"
#include "fusefs/generation_counter.h"
#include "fusefs/generation_memory.h"
#include "fusefs/generations.h"
#include "fusefs/inode_number.h"
#include "fusefs/node.h"
#include "fusefs/report.h"
#include "fusefs/snapshot.h"
#include "fusefs/state_files.h"
#include "fusefs/statistics.h"
#include "fusefs/status_report.h"
#include "fusefs/sweeps.h"
#include "fusefs/tree.h"

namespace ramrolefs {

/// An errno, as a reader gets it.
enum class Errno : int {};

/// What a name stands for, and for how long the kernel may answer that by itself.
struct Entry {
  InodeNumber inode;
  Attributes attributes;
  Duration timeout;
};

/// The reader is to be kept waiting: ask again when state changes.
struct Park {};

/// What the filesystem answers to each request, without libfuse: it holds no request and knows no
/// reply, so that all of it can be tried without a mount.
///
/// Readers wait in getattr() and never in lookup(): the kernel holds locks during a LOOKUP, by
/// which a parked one would block `ls` and every reader of another name (fs/namei.c). When the
/// credential is due, lookup() names an inode of the *next* generation, with no timeout; the
/// kernel, which must check permissions (default_permissions), then sends GETATTR for it
/// (fuse_permission() in fs/fuse/dir.c), holding nothing. That is the *door*: the flight starts
/// there. If there is no newer credential, ESTALE sends the kernel back to look the name up once
/// more (LOOKUP_REVAL in fs/namei.c), and it then gets what is in hand.
///
/// It outlives the process that serves: whenever changes() has grown, what save() writes is to be
/// kept before anything is told to anybody, the kernel or the announcer. From that, restore() and
/// resume() bring another one to where it was. A request that was handled, but not answered, is
/// then handled again, and gets an answer as good as the first.
///
/// Threads   one at a time; no method blocks, but for reads of /proc.
/// Owns      the decisions of Refresh, Sweeps and Announcements. Not what is in the memory of the
///           generations: see wipe().
class Filesystem {
 public:
  /// For how long the kernel may answer by itself, at most. Nothing that it was promised ever has
  /// to be recalled: a refresh is seen within this time.
  static constexpr Duration kLongestTimeout = std::chrono::seconds(1);

  struct Options {
    Contents root;
    std::vector<ViewOptions> views = {};         // by name
    std::vector<TemplateSource> templates = {};  // by name
    std::string mount_point = {};                // absolute: a profile of config.json names it
    std::string region = {};                     // empty: the one that the metadata service says
    mode_t status_mode = 0444;                   // of what is in .ramrolefs
    bool audit = false;                          // every open of a value is seen, and logged
    Refresh::Policy refresh;
    bool warm = false;  // renew what was read, without waiting for a reader
    Duration read_window = std::chrono::seconds(5);   // zero: no sweeps
    Duration follow_after = std::chrono::minutes(1);  // eleven read windows at least
    std::optional<std::string> role = {};  // pinned: what is in hand of another one is due
    OptionsInForce in_force = {};          // all, as status.json shows them
  };

  /// What a Status has of those who serve, which a Filesystem does not know.
  struct Outside {
    std::uint64_t takeovers = 0;
    std::uint64_t replayed = 0;
    std::uint64_t parked = 0;  // readers, now
  };

  /// All must outlive it. `take_off` starts a flight, whose end is told by landed(). `counter` is
  /// of the mount, and goes on counting whoever serves it.
  Filesystem(const Options& options, const Clock& clock, GenerationMemory& memory,
             GenerationCounter& counter, std::function<void()> take_off);

  /// Grows whenever the state may have changed.
  std::uint64_t changes() const { return changes_; }

  /// Writes the state; what the generations hold is in their memory. Allocates nothing.
  void save(SnapshotWriter& writer) const;
  /// The most that save() writes.
  static constexpr std::size_t kLargestSnapshot = std::size_t{8} << 20U;

  /// In a new one: takes over what another one has saved. If false, because another version wrote
  /// it or it is not whole, all that it had is wiped and this begins as a new one does, but for
  /// what the counter tells of the newest generation.
  bool restore(SnapshotReader& reader);

  /// After restore(), before any request: goes on with what was under way. `outage`: for how long
  /// nobody has served.
  void resume(Duration outage = Duration::zero());

  /// The mount is at its end: nobody takes over, and no secret stays in the memory.
  void wipe() { generations_.wipe(); }

  tl::expected<Entry, Errno> lookup(InodeNumber parent, std::string_view name,
                                    const Caller& caller);

  /// Park: to be called again, for the same caller, after landed() and at wake_at().
  std::variant<Attributes, Errno, Park> getattr(InodeNumber inode, const Caller& caller);

  /// A parked caller got a signal and must not wait any longer: the credential in hand, if any.
  Errno interrupted(const Caller& caller);

  /// All that the file holds; valid until the next call of landed() or tick(). Park, as above: what
  /// it is to hold was lost at a takeover, and may be fetched once more.
  std::variant<std::string_view, Errno, Park> read(InodeNumber inode);

  /// The kernel holds the inode no more.
  void forget(InodeNumber inode) {
    if (inode.view() == kStateView) return changed_if(state_files_.forget(inode));
    changed_if(followers_.forget(inode));
  }

  /// Whether the caller may list a directory: who may read. A listing holds the directory's lock
  /// while it writes to the caller's memory (iterate_dir() in fs/readdir.c), and a rename waits for
  /// that: a caller whose memory does not answer would hold up everybody. In `.ramrolefs` nothing
  /// is renamed, and its mode says who may.
  bool may_list(InodeNumber directory, const Caller& caller) const;

  struct Name {
    std::string_view name;
    InodeNumber inode;
    mode_t type;
  };
  /// What the directory lists, in a fixed order. Asks nothing of the metadata service.
  tl::expected<std::vector<Name>, Errno> list(InodeNumber inode) const;

  /// The path of a file from the mount's root, for the log: "current/AccessKeyId"; the same for all
  /// generations. Empty for what holds nothing of a credential.
  std::string path_of(InodeNumber inode) const;

  /// Somebody asks for a refresh: root, or whose the files are. In how long it comes: after a read
  /// window and a second, so that it tears nobody's reads.
  tl::expected<Duration, Errno> ask_for_refresh(const Caller& caller);

  /// What a flight brought.
  void landed(Result<Fetched> brought);

  /// The next moment at which, if no flight ends before, something is to be done: the parked, if
  /// any are, to be asked for again, or tick() to be called. Nothing where there is none.
  std::optional<SteadyTime> wake_at(bool any_parked) const;
  void nobody_parked();

  /// Does what is to be done without a reader: starts flights that were asked for, and wipes what
  /// nobody is given any more.
  void tick();

  /// Whether the word is a name of something in the mount.
  bool knows(std::string_view name) const { return tree_.knows(name); }
  /// A request was parked.
  void reader_parked() {
    ++changes_;
    statistics_.parked();
  }

  /// What is to be told of this mount, to everybody.
  Status status() const;
  /// Where the rest of that comes from.
  void set_outside(std::function<Outside()> outside) { outside_ = std::move(outside); }

  /// What is served now, in a line for people.
  std::string summary() const;

  /// The process that announces; without one, nothing is announced. Another one goes on where the
  /// last one ended.
  void announcer_begins(pid_t process);
  /// There will be none any more.
  void announcer_ended();
  /// The renames by which the announcer is to announce a generation, now; mostly none. Each is to
  /// be followed by announced() when it was made, or could not be.
  std::vector<Rename> to_announce();
  /// One that is not under way is ignored.
  void announced(GenerationId generation, Seat seat);
  /// What was ordered may have been lost: to_announce() gives it out again, unless it was made.
  void announce_again();
  /// A rename(2) of that thread: 0 if it is the announcer's, and one that it is to make.
  Errno rename(InodeNumber from_parent, std::string_view from, InodeNumber to_parent,
               std::string_view to, pid_t thread);

 private:
  tl::expected<Entry, Errno> lookup_state(InodeNumber parent, std::string_view name);
  std::variant<Attributes, Errno, Park> getattr_state(InodeNumber inode) const;
  std::variant<std::string_view, Errno, Park> read_state(InodeNumber inode) const;
  static tl::expected<std::vector<Name>, Errno> list_state(InodeNumber directory);
  State state(SteadyTime now) const;

  GenerationId choose(const Node& node, const Caller& caller, bool may, SteadyTime now);
  GenerationId of_sweep(const Node& node, const Caller& caller, GenerationId newest,
                        SteadyTime now);
  Entry entry_of(const Node& node, GenerationId id, SteadyTime now);
  Entry entry_of(const Directory& view) const;
  Attributes attributes_of_directory(const Directory& directory) const;
  bool has(const Node& node, GenerationId id, SteadyTime now) const;
  tl::expected<Entry, Errno> lookup_in_current(InodeNumber parent, std::string_view name,
                                               SteadyTime now);
  tl::expected<Entry, Errno> lookup_for_announcer(const Directory& directory, std::string_view name,
                                                  SteadyTime now);
  std::vector<Name> list_current(const Node& current, const Generation* generation,
                                 InodeNumber inode) const;

  std::variant<Attributes, Errno, Park> at_the_door(const Caller& caller, SteadyTime now);
  bool park(SteadyTime now);
  const Generation* read_of(const Node& node, InodeNumber inode, SteadyTime now);
  bool may_come_back(const Node& node, InodeNumber inode) const;
  std::optional<Attributes> told_of(const Node& node, InodeNumber inode, SteadyTime now);
  void hold(const Node& node, GenerationId id, bool may, SteadyTime now);
  bool came_too_late(const Node& node, InodeNumber inode, const Caller& caller,
                     SteadyTime now) const;

  bool is_hurried(pid_t thread, SteadyTime now) const;
  Errno send_back(const Caller& caller, SteadyTime now);
  void count_lookup() {
    ++changes_;
    statistics_.looked_up();
  }
  void count_read(bool may, SteadyTime now);
  void start_flight_if_wanted(SteadyTime now);
  std::optional<SteadyTime> flight_alone_at(SteadyTime now) const;

  bool in_window(SteadyTime now) const;
  Duration timeout_of(const Generation& generation, SteadyTime now) const;
  timespec wall_now() const;
  void publish(const Fetched& fetched, SteadyTime now);
  void announce_later(const Generation& generation);
  void rotated(SteadyTime now);
  void render_anew(SteadyTime now);

  void changed_if(bool changed) {
    if (changed) ++changes_;
  }
  void warn_if_unlocked();
  bool restore_all(SnapshotReader& reader);
  bool restore_hurried(SnapshotReader& reader);
  void start_over();
  static std::uint64_t layout();
  StateFiles no_state_files() const;

  Tree plant();

  Options options_;
  const Clock& clock_;
  std::function<void()> take_off_;
  GenerationMemory& memory_;
  BoundNames template_places_{kFirstOfTemplates, kLastOfTemplates};
  BoundNames view_numbers_{std::uint8_t(kFirstView), std::uint8_t(kLastView)};
  Tree tree_;
  Generations generations_;
  Refresh refresh_;
  Sweeps sweeps_;
  Followers followers_;
  Announcements announcements_;
  timespec changed_;       // the directory's time stamp: of the mount, then of the last rotation
  Duration whole_life_{};  // of the credential in hand
  bool was_read_ = false;  // it was
  Report report_;
  Statistics statistics_;
  StateFiles state_files_;
  std::function<Outside()> outside_;
  // Threads that were sent back to look the name up again, and until when they must then get what
  // is in hand: the kernel takes a second ESTALE to the reader.
  std::unordered_map<pid_t, SteadyTime> hurried_;
  // Whether a reader was sent back by a signal while others wait on: when the flight has landed,
  // they may have to go back too.
  bool some_left_ = false;
  bool parked_may_be_late_ = false;
  std::uint64_t changes_ = 0;
  bool warned_ = false;  // of memory that is not locked
};

}  // namespace ramrolefs
