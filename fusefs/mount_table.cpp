// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_table.h"

#include <libmount/libmount.h>

#include <memory>

namespace ramrolefs {

std::optional<MountEntry> find_mount(const std::string& directory) {
  const std::unique_ptr<libmnt_table, decltype(&mnt_unref_table)> table(
      mnt_new_table_from_file("/proc/self/mountinfo"), mnt_unref_table);
  if (!table) return std::nullopt;
  libmnt_fs* found = mnt_table_find_target(table.get(), directory.c_str(), MNT_ITER_BACKWARD);
  if (found == nullptr) return std::nullopt;
  const char* type = mnt_fs_get_fstype(found);
  return MountEntry{mnt_fs_get_id(found), type != nullptr ? type : ""};
}

}  // namespace ramrolefs
