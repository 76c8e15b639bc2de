// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "fusefs/file_descriptor.h"

namespace ramrolefs {

/// A line of the kernel's table of mounts.
struct MountEntry {
  int id;            // of this mount, as long as it is there
  dev_t device;      // of its filesystem, as long as that is there
  std::string type;  // "fuse.ramrolefs"
};

/// The type by which the kernel's table shows our mounts: FUSE with our subtype.
inline constexpr const char* kMountType = "fuse.ramrolefs";

/// What is mounted on `directory`, on top of whatever else is; nothing where nothing is, or the
/// table can't be read. Asks nothing of the mounted filesystem itself, which may be dead.
std::optional<MountEntry> find_mount(const std::string& directory);

/// The value of an option of the filesystem that is mounted on `directory`; nothing where it has no
/// such option, nothing is mounted there, or the table can't be read.
std::optional<std::string> find_mount_option(const std::string& directory, const std::string& name);

/// Whether the mount is still there, and not another that got its number; nothing where the table
/// can't be read.
std::optional<bool> is_there(const MountEntry& mount);

/// A descriptor that becomes ready (POLLPRI) when the table has changed (proc(5)).
FileDescriptor open_mount_table();

/// Where mounts of ours are, each once, in the order in which they were made.
std::vector<std::string> find_our_mounts();

/// The path as the table has it: absolute and without links, but for the last component, which may
/// be a dead mount that can't be looked at. Empty where its parent is not there.
std::string resolve_mount_point(const std::string& path);

}  // namespace ramrolefs
