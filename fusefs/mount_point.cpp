// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_point.h"

#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/log.h"
#include "fusefs/mount.h"
#include "fusefs/mount_table.h"

namespace ramrolefs {
namespace {

std::string sentence(const std::string& path, const std::string& what) {
  return "mount point " + path + ": " + what;
}

/// ENOTCONN: the daemon behind the mount is gone, and everybody who comes near gets that error.
tl::expected<void, std::string> take_away_dead(const std::string& path) {
  const auto mount = find_mount(path);
  if (!mount || mount->type != kMountType) {
    return tl::unexpected(sentence(path, "holds a dead mount that is not of ramrolefs"));
  }
  if (!detach_mount(path)) {
    return tl::unexpected(sentence(path, "holds a dead mount, which can't be unmounted"));
  }
  log::warning("took away the dead mount that a predecessor left on {}", path);
  return {};
}

/// Looks at the path: 0, or an errno. The kernel goes on answering stat for a dead mount while its
/// attributes last; statfs it never answers alone (fuse_statfs() in fs/fuse/inode.c).
/// While it is dying, it aborts what is under way: ECONNABORTED is ENOTCONN a moment later.
int look_at(const std::string& path, struct stat& stat) {
  struct statvfs ignored {};
  const bool good = ::stat(path.c_str(), &stat) == 0 && statvfs(path.c_str(), &ignored) == 0;
  if (good) return 0;
  return errno == ECONNABORTED ? ENOTCONN : errno;
}

}  // namespace

tl::expected<MountPoint, std::string> MountPoint::prepare(const std::string& path) {
  const std::string resolved = resolve_mount_point(path);
  if (resolved.empty()) {
    return tl::unexpected(sentence(path, "its parent directory is missing or can't be entered"));
  }
  // Over it, nobody would find the mount, nor a way to take it away.
  if (resolved == "/") return tl::unexpected(sentence(path, "is the root of everything"));
  struct stat stat {};
  int error = look_at(resolved, stat);
  if (error == ENOTCONN) {
    if (auto done = take_away_dead(resolved); !done) return tl::unexpected(done.error());
    error = look_at(resolved, stat);
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

MountPoint MountPoint::adopt(const std::string& path, bool created) {
  return {resolve_mount_point(path), created};
}

MountPoint::MountPoint(MountPoint&& other) noexcept
    : path_(std::move(other.path_)), created_(std::exchange(other.created_, false)) {}

MountPoint::~MountPoint() {
  if (created_) rmdir(path_.c_str());
}

}  // namespace ramrolefs
