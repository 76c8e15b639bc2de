// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <unordered_map>

#include "fusefs/inode_number.h"

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

  void tell(InodeNumber inode, GenerationId generation) {
    if (told_.size() >= kMost && !told_.contains(inode.raw())) told_.clear();
    told_[inode.raw()] = generation;
  }

  std::optional<GenerationId> told(InodeNumber inode) const {
    const auto found = told_.find(inode.raw());
    return found == told_.end() ? std::nullopt : std::optional(found->second);
  }

  /// The kernel holds the inode no more.
  void forget(InodeNumber inode) { told_.erase(inode.raw()); }

  std::size_t size() const { return told_.size(); }

 private:
  std::unordered_map<std::uint64_t, GenerationId> told_;
};

}  // namespace ramrolefs
