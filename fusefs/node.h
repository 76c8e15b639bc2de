// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "fusefs/generation.h"
#include "fusefs/inode_number.h"
#include "fusefs/served_files.h"

namespace ramrolefs {

/// The name of the directory that has the same files, of one generation as long as it is held.
inline constexpr std::string_view kCurrent = "current";

/// What there is in a generation: current/, the files in it, which stay with the generation, and
/// those in the mount's root, which follow once it is superseded. The two kinds of one file have
/// inodes of their own, as only one of them follows.
struct Node {
  const ServedFile* file = nullptr;  // null: current/ itself
  bool in_root = false;

  bool follows() const { return in_root && file != nullptr; }
  Place place() const;
  InodeNumber inode_in(const Generation& generation) const;
};

/// What the number stands for; nothing where that is nothing in any generation.
std::optional<Node> find_node(InodeNumber inode);

/// What a name in the mount's root stands for, and one in current/.
std::optional<Node> find_in_root(std::string_view name);
std::optional<Node> find_in_current(std::string_view name);

}  // namespace ramrolefs
