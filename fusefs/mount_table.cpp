// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_table.h"

#include <fcntl.h>
#include <libmount/libmount.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

namespace ramrolefs {
namespace {

using Table = std::unique_ptr<libmnt_table, decltype(&mnt_unref_table)>;

constexpr const char* kTable = "/proc/self/mountinfo";

Table read_table() {
  return Table(mnt_new_table_from_file(kTable), mnt_unref_table);
}

/// What is on top there; null where nothing is, or there is no table.
libmnt_fs* find_target(const Table& table, const std::string& directory) {
  if (!table) return nullptr;
  return mnt_table_find_target(table.get(), directory.c_str(), MNT_ITER_BACKWARD);
}

/// Calls `look(entry)` for each, in the order in which they were made. Returns whether it could.
template <typename Look>
bool for_each_mount(Look look) {
  const Table table = read_table();
  const std::unique_ptr<libmnt_iter, decltype(&mnt_free_iter)> entries(
      mnt_new_iter(MNT_ITER_FORWARD), mnt_free_iter);
  if (!table || !entries) return false;
  libmnt_fs* entry = nullptr;
  while (mnt_table_next_fs(table.get(), entries.get(), &entry) == 0) look(entry);
  return true;
}

}  // namespace

std::optional<MountEntry> find_mount(const std::string& directory) {
  const Table table = read_table();
  libmnt_fs* found = find_target(table, directory);
  if (found == nullptr) return std::nullopt;
  const char* type = mnt_fs_get_fstype(found);
  return MountEntry{mnt_fs_get_id(found), mnt_fs_get_devno(found), type != nullptr ? type : ""};
}

std::optional<std::string> find_mount_option(const std::string& directory,
                                             const std::string& name) {
  const Table table = read_table();
  libmnt_fs* found = find_target(table, directory);
  char* value = nullptr;
  std::size_t size = 0;
  if (found == nullptr || mnt_fs_get_option(found, name.c_str(), &value, &size) != 0) {
    return std::nullopt;
  }
  return std::string(value, size);
}

std::optional<bool> is_there(const MountEntry& mount) {
  bool found = false;
  const bool read = for_each_mount([&](libmnt_fs* entry) {
    found |= mnt_fs_get_id(entry) == mount.id && mnt_fs_get_devno(entry) == mount.device;
  });
  return read ? std::optional(found) : std::nullopt;
}

FileDescriptor open_mount_table() {
  return FileDescriptor(open(kTable, O_RDONLY | O_CLOEXEC));
}

std::vector<std::string> find_our_mounts() {
  std::vector<std::string> found;
  for_each_mount([&](libmnt_fs* entry) {
    const std::string type = mnt_fs_get_fstype(entry);
    const std::string target = mnt_fs_get_target(entry);
    const bool known = std::find(found.begin(), found.end(), target) != found.end();
    if (type == kMountType && !known) found.push_back(target);
  });
  return found;
}

std::string resolve_mount_point(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error).lexically_normal();
  const auto whole = absolute.has_filename() ? absolute : absolute.parent_path();
  if (const auto all = std::filesystem::canonical(whole, error); !error) return all;
  const auto parent = std::filesystem::canonical(whole.parent_path(), error);
  return error ? "" : (parent / whole.filename()).string();
}

}  // namespace ramrolefs
