// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_point.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/log.h"
#include "fusefs/mount_table.h"

namespace ramrolefs {
namespace {

/// The path without links, but for the last component, which may be a dead mount that can't be
/// looked at. Empty where its parent is not there.
std::string resolve(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error).lexically_normal();
  const auto whole = absolute.has_filename() ? absolute : absolute.parent_path();
  if (const auto all = std::filesystem::canonical(whole, error); !error) return all;
  const auto parent = std::filesystem::canonical(whole.parent_path(), error);
  return error ? "" : (parent / whole.filename()).string();
}

std::string sentence(const std::string& path, const std::string& what) {
  return "mount point " + path + ": " + what;
}

/// ENOTCONN: the daemon behind the mount is gone, and everybody who comes near gets that error.
tl::expected<void, std::string> take_away_dead(const std::string& path) {
  const auto mount = find_mount(path);
  if (!mount || mount->type != kMountType) {
    return tl::unexpected(sentence(path, "holds a dead mount that is not of ramrolefs"));
  }
  if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
    return tl::unexpected(sentence(
        path, std::string("holds a dead mount, which can't be unmounted: ") + strerror(errno)));
  }
  log::warning("took away the dead mount that a predecessor left on {}", path);
  return {};
}

}  // namespace

tl::expected<MountPoint, std::string> MountPoint::prepare(const std::string& path) {
  const std::string resolved = resolve(path);
  if (resolved.empty()) {
    return tl::unexpected(sentence(path, "its parent directory is missing or can't be entered"));
  }
  struct stat stat {};
  int error = ::stat(resolved.c_str(), &stat) == 0 ? 0 : errno;
  if (error == ENOTCONN) {
    if (auto done = take_away_dead(resolved); !done) return tl::unexpected(done.error());
    error = ::stat(resolved.c_str(), &stat) == 0 ? 0 : errno;
  }
  if (error == ENOENT && geteuid() == 0) {
    if (mkdir(resolved.c_str(), 0755) == 0) return MountPoint(resolved, true);
    error = errno;
  }
  if (error == ENOENT) {
    return tl::unexpected(sentence(resolved, "is missing (only root has it created)"));
  }
  if (error != 0) return tl::unexpected(sentence(resolved, strerror(error)));
  if (!S_ISDIR(stat.st_mode)) return tl::unexpected(sentence(resolved, "is not a directory"));
  const auto mount = find_mount(resolved);
  if (mount && mount->type == kMountType) {
    return tl::unexpected(sentence(resolved, "ramrolefs is mounted there already"));
  }
  return MountPoint(resolved, false);
}

MountPoint::MountPoint(MountPoint&& other) noexcept
    : path_(std::move(other.path_)), created_(std::exchange(other.created_, false)) {}

MountPoint::~MountPoint() {
  if (created_) rmdir(path_.c_str());
}

}  // namespace ramrolefs
