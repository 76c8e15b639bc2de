// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusefs/generation.h"
#include "fusefs/inode_number.h"
#include "fusefs/snapshot.h"
#include "fusefs/tree.h"

namespace ramrolefs {

/// A rename(2) in the mount, from its root, and what is announced by it.
struct Rename {
  std::string from;
  std::string to;
  GenerationId generation;
  Seat seat;
};

/// Who watches the files is told of a rotation by renames: of each name whose content changed, a
/// hidden one is renamed onto it. inotify sees what goes through the kernel's VFS alone, so a
/// process of its own, the *announcer*, has to do that; this decides what, and what names stand for
/// meanwhile. For the announcer, the visible name is still the inode that watchers of the file
/// hold, and the hidden one the new inode: with one inode for both, the kernel renames nothing and
/// tells nobody (vfs_rename() in fs/namei.c). For everybody else, there are no hidden names.
///
/// Generations are announced one after another, so that who began to watch a file between two
/// rotations is told of the second. The first one ever replaces nothing, and is not announced.
///
/// Orders and answers may get lost: the process that serves may end, and the announcer too. Then
/// again() has what is not announced yet be ordered once more. What was ordered before may still be
/// made meanwhile, by the same announcer or by one that is dying.
///
/// Threads   one at a time.
class Announcements {
 public:
  /// Generations that wait; of more than that, the last two become one.
  static constexpr std::size_t kMost = 16;
  /// Renames, for which the announcer's socket has room.
  static constexpr std::size_t kMostAtOnce = 64;

  /// `tree` must outlive it.
  explicit Announcements(const Tree& tree) : tree_(&tree) {}

  /// The announcer's process, as the kernel names it in its requests.
  void begin(pid_t announcer) {
    announcer_ = announcer;
    again();
  }
  /// There is none any more, and there will be none.
  void end();
  /// Orders may have been lost: what was taken and is not announced is to be taken again.
  void again();
  bool is_announcer(pid_t thread) const { return announcer_ && *announcer_ == thread; }

  void published(const Generation& generation);
  /// The watchers hold the files of that one, which can't be read any more.
  void take_over_from(GenerationId lost);

  /// Whether a generation is to be announced, or is being so.
  bool pending() const { return !steps_.empty(); }
  /// The generation of which something is to be announced next; nothing where none is, or renames
  /// are under way.
  std::optional<GenerationId> waiting() const;
  /// The first kMostAtOnce of its renames, to be made by the announcer in this order: AccessKeyId
  /// last, since readers take its change as the sign that all has changed. Requires: one is
  /// waiting.
  std::vector<Rename> take();
  /// That one was made, or could not be. Ignored where it is not under way.
  void answered(GenerationId generation, Seat seat);

  struct Target {
    Node node;
    InodeNumber inode;
  };
  /// What a name in the directory stands for, if the announcer asks.
  std::optional<Target> resolve(const Directory& directory, std::string_view name) const;

  /// The announcer renames: from now on the visible name is the new inode. Whether it may.
  bool rename(const Directory& directory, std::string_view from, std::string_view to);
  /// Whether that was the last rename of the visible name: the kernel may not know yet.
  bool was_made(const Directory& directory, std::string_view from, std::string_view to) const;

  /// For another process that takes over.
  void save(SnapshotWriter& writer) const;
  /// In place of what there is. If false, there is nothing.
  bool restore(SnapshotReader& reader);
  /// Of what save() writes.
  static std::size_t layout() { return sizeof(Step) + sizeof(Announcements); }

 private:
  struct Step {
    GenerationId generation;
    std::vector<Node> files;  // that are not answered for
  };

  const InodeNumber* visible(const Node& node) const;
  bool restore_all(SnapshotReader& reader);
  void end_step();

  const Tree* tree_;
  std::optional<pid_t> announcer_;
  std::map<Seat, InodeNumber> visible_;
  std::deque<Step> steps_;
  bool begun_ = false;           // the first step: its hidden names exist
  std::uint64_t under_way_ = 0;  // so many of its renames were taken, and are not known to be lost
};

}  // namespace ramrolefs
