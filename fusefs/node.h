// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "fusefs/generation.h"
#include "fusefs/inode_number.h"
#include "fusefs/served_files.h"

namespace ramrolefs {

struct Directory;

/// The name of the directory that has the same files, of one generation as long as it is held.
inline constexpr std::string_view kCurrent = "current";

/// Places in current/ are so much higher than in the directory that it is in.
bool is_in_current(Place place);
Place out_of_current(Place place);

/// What there is of a generation in a directory of the mount: current/, the files in it, which stay
/// with the generation, and those beside it, which follow once it is superseded. The two kinds of
/// one file have inodes of their own, as only one of them follows.
struct Node {
  const Directory* directory;
  const ServedFile* file;  // null: current/ itself
  bool in_current;

  bool follows() const { return !in_current && file != nullptr; }
  Place place() const;
  /// In the generation to come, or in one that has the file.
  InodeNumber inode_in(GenerationId generation) const;
  InodeNumber inode_in(const Generation& generation) const;
  /// Whether the generation has it.
  bool is_in(const Generation& generation) const;
  /// What the file holds. Requires: the generation has it.
  std::string_view bytes(const Generation& generation) const;
  const Access& access() const;
};

}  // namespace ramrolefs
