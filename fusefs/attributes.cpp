// SPDX-License-Identifier: Apache-2.0
#include "fusefs/attributes.h"

#include <unistd.h>

#include "fusefs/tree.h"

namespace ramrolefs {
namespace {

void set_times(struct stat& stat, const timespec& time) {
  stat.st_mtim = stat.st_ctim = stat.st_atim = time;
}

/// Who may read a file may enter its directory.
mode_t directory_mode(mode_t of_files) {
  return of_files | (of_files >> 2U);
}

}  // namespace

Attributes attributes_of(const Node& node, const Generation& generation, InodeNumber inode,
                         Duration timeout) {
  const ServedFile& dated = node.file != nullptr ? *node.file : kServedFiles.front();
  Attributes attributes =
      empty_attributes(node, inode, generation.mtime(dated, node.directory->view));
  if (node.file != nullptr) {
    attributes.stat.st_size = static_cast<off_t>(node.bytes(generation).size());
  }
  attributes.timeout = timeout;
  return attributes;
}

Attributes empty_attributes(const Node& node, InodeNumber inode, const timespec& time) {
  const Access& access = node.access();
  struct stat stat {};
  stat.st_ino = inode.raw();
  stat.st_mode =
      node.file != nullptr ? S_IFREG | access.mode : S_IFDIR | directory_mode(access.mode);
  stat.st_nlink = node.file != nullptr ? 1 : 2;
  stat.st_uid = access.uid;
  stat.st_gid = access.gid;
  set_times(stat, time);
  return {stat, Duration::zero()};
}

Attributes directory_attributes(InodeNumber inode, std::size_t directories, const timespec& time,
                                Duration timeout) {
  struct stat stat {};
  stat.st_ino = inode.raw();
  stat.st_mode = S_IFDIR | 0755;
  stat.st_nlink = 2 + directories;  // two, and each directory in it: find(1) goes by that
  stat.st_uid = geteuid();
  stat.st_gid = getegid();
  set_times(stat, time);
  return {stat, timeout};
}

}  // namespace ramrolefs
