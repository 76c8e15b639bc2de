// SPDX-License-Identifier: Apache-2.0
#include "fusefs/state_files.h"

#include <sys/stat.h>

#include <chrono>
#include <numeric>
#include <utility>

namespace ramrolefs {
namespace {

/// Those of something of which the kernel is not to answer by itself for longer than `timeout`.
Attributes attributes_of(InodeNumber inode, mode_t mode, const Access& access, const timespec& time,
                         Duration timeout) {
  struct stat stat {};
  stat.st_ino = inode.raw();
  stat.st_mode = mode;
  stat.st_nlink = S_ISDIR(mode) ? 2 : 1;
  stat.st_uid = access.uid;
  stat.st_gid = access.gid;
  stat.st_mtim = stat.st_ctim = stat.st_atim = time;
  return {stat, timeout};
}

}  // namespace

InodeNumber StateFiles::keep(Place place, std::string text, const timespec& now) {
  const InodeNumber inode(GenerationId{next_++}, place, kStateView);
  texts_.emplace(inode.raw(), Kept{std::move(text), now});
  while (texts_.size() > 1 && (texts_.size() > kMost || bytes() > kMostBytes)) {
    texts_.erase(texts_.begin());
  }
  return inode;
}

std::size_t StateFiles::bytes() const {
  return std::accumulate(
      texts_.begin(), texts_.end(), std::size_t{0},
      [](std::size_t sum, const auto& entry) { return sum + entry.second.text.size(); });
}

std::optional<std::string_view> StateFiles::text(InodeNumber inode) const {
  const auto found = texts_.find(inode.raw());
  return found != texts_.end() ? std::optional<std::string_view>(found->second.text) : std::nullopt;
}

std::optional<Attributes> StateFiles::attributes(InodeNumber inode, const timespec& mounted) const {
  if (inode == kInode) {  // who may read a file may enter its directory
    const mode_t mode = S_IFDIR | access_.mode | (access_.mode >> 2U);
    return attributes_of(inode, mode, access_, mounted, std::chrono::seconds(1));
  }
  const auto found = texts_.find(inode.raw());
  if (found == texts_.end()) return std::nullopt;
  Attributes attributes =
      attributes_of(inode, S_IFREG | access_.mode, access_, found->second.made, Duration::zero());
  attributes.stat.st_size = static_cast<off_t>(found->second.text.size());
  return attributes;
}

void StateFiles::save(SnapshotWriter& writer) const {
  writer.put(next_);
  writer.put_count(texts_.size());
  for (const auto& [inode, kept] : texts_) {
    writer.put(inode);
    writer.put(std::string_view(kept.text));
    writer.put(kept.made);
  }
}

bool StateFiles::restore(SnapshotReader& reader) {
  texts_.clear();
  return reader.get(next_) && reader.each([&] {
    std::uint64_t inode = 0;
    Kept kept{};
    return reader.get(inode) && reader.get(kept.text) && reader.get(kept.made) &&
           texts_.emplace(inode, std::move(kept)).second;
  });
}

}  // namespace ramrolefs
