// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fusefs/access.h"
#include "fusefs/attributes.h"
#include "fusefs/inode_number.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {

/// The directory `.ramrolefs` and what is in it: how the mount fares, for people and for
/// monitoring. A file in it is a text that was made when its name was looked up, under an inode of
/// its own: so its size is right, who reads it in parts gets parts of one text, and the kernel's
/// page cache is never wrong. A text is kept until the kernel forgets the inode.
///
/// It knows inodes and texts; what is in a text is its callers' to say.
///
/// Threads   one at a time.
/// Owns      the texts: kMost at most, and kMostBytes of them; the oldest goes first.
/// Failures  what is not kept any more is not found: ESTALE, on which the kernel looks up again.
class StateFiles {
 public:
  static constexpr std::string_view kName = ".ramrolefs";
  static constexpr InodeNumber kInode{GenerationId{0}, kDirectory, kStateView};
  static constexpr Place kStatus{2};   // status.json
  static constexpr Place kMetrics{3};  // metrics
  struct File {
    Place place;
    std::string_view name;
  };
  static constexpr std::array<File, 2> kFiles{{{kMetrics, "metrics"}, {kStatus, "status.json"}}};

  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

  /// `mode`: read bits, of the files; who may read them may list them. `first`: the number of the
  /// first text, higher than any that a mount which could not be taken over may have given out.
  StateFiles(const Access& owner, mode_t mode, std::uint64_t first)
      : access_{owner.uid, owner.gid, mode}, next_(first) {}

  /// Keeps a text, and returns the inode by which it is known from now on.
  InodeNumber keep(Place place, std::string text, const timespec& now);
  /// The kernel holds the inode no more. Returns whether there was something to forget.
  bool forget(InodeNumber inode) { return texts_.erase(inode.raw()) != 0; }

  /// What an inode of the view holds, valid until the next call of keep() or forget(); nothing
  /// where that is not kept any more.
  std::optional<std::string_view> text(InodeNumber inode) const;
  /// Those of the directory or of a file, with no timeout for the latter; nothing as above.
  /// `mounted` is the directory's time stamp.
  std::optional<Attributes> attributes(InodeNumber inode, const timespec& mounted) const;

  void save(SnapshotWriter& writer) const;
  /// In place of what there is. If false, it is to be thrown away.
  bool restore(SnapshotReader& reader);

 private:
  struct Kept {
    std::string text;
    timespec made;
  };

  std::size_t bytes() const;

  Access access_;  // of the files
  std::uint64_t next_;
  std::map<std::uint64_t, Kept> texts_;  // by inode: the oldest first, as they are numbered
};

}  // namespace ramrolefs
