// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include "common/clock.h"
#include "fusefs/access.h"
#include "fusefs/generation.h"
#include "fusefs/inode_number.h"
#include "fusefs/node.h"

namespace ramrolefs {

/// Attributes, and for how long the kernel may answer with them by itself.
struct Attributes {
  struct stat stat;
  Duration timeout;
};

/// Those of a node of the generation, under that inode number, which may be an older one's that
/// follows.
Attributes attributes_of(const Node& node, const Generation& generation, InodeNumber inode,
                         Duration timeout);

/// Those of a node of which nothing is there yet: enough for the kernel to decide who may come
/// near.
Attributes empty_attributes(const Node& node, InodeNumber inode, const timespec& time);

/// Those of the mount's root, or of a view, with so many directories in it. It belongs to the user
/// of the service, who alone may change something in it: what announces a rotation renames files.
Attributes directory_attributes(InodeNumber inode, std::size_t directories, const timespec& time,
                                Duration timeout);

}  // namespace ramrolefs
