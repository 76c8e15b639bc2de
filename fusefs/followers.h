// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <unordered_map>

#include "fusefs/inode_number.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {

/// Which generation an inode that follows was last told of, by GETATTR: the one that READ is to
/// answer with, so that size and bytes are of one. An inode that is not here was told of its own.
///
/// Threads   one at a time.
/// Owns      an entry for each inode that follows and is not forgotten by the kernel, up to kMost.
///           One more drops all; until GETATTR tells anew, within a second, READ then answers with
///           an inode's own generation, or with ESTALE where that is gone.
class Followers {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// Returns whether that is news.
  bool tell(InodeNumber inode, GenerationId generation) {
    if (told(inode) == generation) return false;
    if (told_.size() >= kMost && !told_.contains(inode.raw())) told_.clear();
    told_[inode.raw()] = generation;
    return true;
  }

  std::optional<GenerationId> told(InodeNumber inode) const {
    const auto found = told_.find(inode.raw());
    return found == told_.end() ? std::nullopt : std::optional(found->second);
  }

  /// The kernel holds the inode no more. Returns whether it was here.
  bool forget(InodeNumber inode) { return told_.erase(inode.raw()) > 0; }

  std::size_t size() const { return told_.size(); }

  /// For another process that takes over.
  void save(SnapshotWriter& writer) const {
    writer.put_count(told_.size());
    for (const auto& [inode, generation] : told_) {
      writer.put(inode);
      writer.put(generation);
    }
  }
  /// In place of what there is.
  bool restore(SnapshotReader& reader) {
    told_.clear();
    return reader.each([&] {
      std::uint64_t inode = 0;
      GenerationId generation{};
      return reader.get(inode) && reader.get(generation) && told_.size() < kMost &&
             told_.emplace(inode, generation).second;
    });
  }

 private:
  std::unordered_map<std::uint64_t, GenerationId> told_;
};

}  // namespace ramrolefs
