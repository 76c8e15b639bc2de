// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ramrolefs {

/// The directory that is mounted on.
///
/// Owns      the directory, if it had to be created: it is removed at the end.
class MountPoint {
 public:
  /// Sees to it that `path` can be mounted on: a missing last component is created, by root; a dead
  /// mount of ours that a predecessor left is taken away, with a line in the log. The error is a
  /// sentence for people.
  static tl::expected<MountPoint, std::string> prepare(const std::string& path);

  /// One that a predecessor has mounted on, and not taken away; asks nothing of the mount.
  static MountPoint adopt(const std::string& path, bool created);

  MountPoint(MountPoint&& other) noexcept;
  MountPoint& operator=(MountPoint&&) = delete;
  MountPoint(const MountPoint&) = delete;
  MountPoint& operator=(const MountPoint&) = delete;
  ~MountPoint();

  /// Absolute, without links.
  const std::string& path() const { return path_; }
  bool created() const { return created_; }

 private:
  MountPoint(std::string path, bool created) : path_(std::move(path)), created_(created) {}

  std::string path_;
  bool created_;
};

}  // namespace ramrolefs
