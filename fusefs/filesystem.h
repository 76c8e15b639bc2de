// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <variant>
#include <vector>

#include "common/clock.h"
#include "common/metadata_client.h"
#include "common/refresh.h"
#include "fusefs/access.h"
#include "fusefs/generations.h"
#include "fusefs/inode_number.h"

namespace ramrolefs {

/// An errno, as a reader gets it.
enum class Errno : int {};

/// Attributes, and for how long the kernel may answer with them by itself.
struct Attributes {
  struct stat stat;
  Duration timeout;
};

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
/// Threads   one at a time; no method blocks.
/// Owns      the generations, and the decisions of Refresh.
class Filesystem {
 public:
  struct Options {
    Access access;
    bool newline = false;
    Refresh::Policy refresh;
  };

  /// `clock` must outlive it. `take_off` starts a flight, whose end is told by landed().
  Filesystem(const Options& options, const Clock& clock, std::function<void()> take_off);

  tl::expected<Entry, Errno> lookup(InodeNumber parent, std::string_view name,
                                    const Caller& caller);

  /// Park: to be called again, for the same caller, after landed() and at wake_at().
  std::variant<Attributes, Errno, Park> getattr(InodeNumber inode, const Caller& caller);

  /// A parked caller got a signal and must not wait any longer: the credential in hand, if any.
  Errno interrupted(const Caller& caller);

  /// All that the file holds; valid until the next call of landed() or drop_expired().
  tl::expected<std::string_view, Errno> read(InodeNumber inode) const;

  struct Name {
    std::string_view name;
    InodeNumber inode;
    mode_t type;
  };
  /// What the directory lists, in a fixed order. Asks nothing of the metadata service.
  tl::expected<std::vector<Name>, Errno> list(InodeNumber directory) const;

  /// What a flight brought.
  void landed(Result<Fetched> brought);

  /// The next moment at which, if no flight ends before, something is to be done: the parked, if
  /// any are, to be asked for again, or drop_expired() to be called. Nothing where there is none.
  std::optional<SteadyTime> wake_at(bool any_parked) const;
  void nobody_parked() { refresh_.nobody_parked(); }

  /// What is served now, in a line for people.
  std::string summary() const;

  /// Wipes the generations that have expired.
  void drop_expired() { generations_.drop_expired(clock_.steady()); }

 private:
  bool is_hurried(pid_t thread, SteadyTime now) const;
  Errno send_back(const Caller& caller, SteadyTime now);
  std::variant<Attributes, Errno, Park> at_the_door(const Caller& caller, SteadyTime now);
  void start_flight_if_wanted(SteadyTime now);

  Attributes root_attributes() const;
  Attributes next_attributes(const ServedFile& file) const;
  Attributes attributes_of(const Generation& generation, const ServedFile& file,
                           SteadyTime now) const;
  void report(const Failure& failure, SteadyTime now) const;
  void report_skew(const Fetched& fetched);

  Options options_;
  const Clock& clock_;
  std::function<void()> take_off_;
  Generations generations_;
  Refresh refresh_;
  timespec changed_;       // the directory's time stamp: of the mount, then of the last rotation
  Duration whole_life_{};  // of the credential in hand
  bool skewed_ = false;
  // Threads that were sent back to look the name up again, and until when they must then get what
  // is in hand: the kernel takes a second ESTALE to the reader.
  std::unordered_map<pid_t, SteadyTime> hurried_;
};

}  // namespace ramrolefs
