// SPDX-License-Identifier: Apache-2.0
#include "fusefs/visit.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "fusefs/file_descriptor.h"
#include "fusefs/mount_table.h"

namespace ramrolefs {
namespace {

tl::unexpected<std::string> errno_of(const std::string& path) {
  return tl::unexpected(path + ": " + strerror(errno));
}

tl::expected<std::string, std::string> find_only() {
  const auto mounts = find_our_mounts();
  if (mounts.empty()) return tl::unexpected(std::string("no ramrolefs is mounted"));
  if (mounts.size() == 1) return mounts.front();
  std::string list;
  for (const std::string& mount : mounts) list += " " + mount;
  return tl::unexpected("several are mounted, name one:" + list);
}

}  // namespace

tl::expected<std::string, std::string> find_mounted(const std::string& place) {
  if (place.empty()) return find_only();
  const std::string path = resolve_mount_point(place);
  const auto mount = path.empty() ? std::nullopt : find_mount(path);
  if (mount && mount->type == kMountType) return path;
  return tl::unexpected(place + ": no ramrolefs is mounted there");
}

tl::expected<std::string, std::string> find_files(const std::string& place) {
  if (place.empty()) return find_only();
  auto mounted = find_mounted(place);
  if (mounted) return mounted;
  const std::filesystem::path path = resolve_mount_point(place);
  const auto mount = find_mount(path.parent_path());
  if (mount && mount->type == kMountType) return path.string();
  return mounted;
}

tl::expected<Secret, std::string> read_access_key_id(const std::string& directory) {
  const std::string path = directory + "/AccessKeyId";
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return errno_of(path);
  std::array<char, 1024> bytes{};
  const ssize_t got = ::read(file.get(), bytes.data(), bytes.size());
  if (got < 0) return errno_of(path);
  return Secret(std::string_view(bytes.data(), static_cast<std::size_t>(got)));
}

std::size_t count_mounts() {
  return find_our_mounts().size();
}

tl::expected<std::string, std::string> read_status_file(const std::string& mount) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  const std::string path = mount + "/.ramrolefs/status.json";
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == EACCES) {
    return tl::unexpected(mount + ": its status may not be read by you (--status-mode)");
  }
  // What serves a dead mount is not there for any of its names.
  if (!file.valid()) return errno_of(errno == ENOENT ? path : mount);
  std::string text;
  std::array<char, 4096> bytes{};
  ssize_t got = 0;
  while ((got = ::read(file.get(), bytes.data(), bytes.size())) > 0 && text.size() < kLargest) {
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  if (got < 0) return errno_of(path);
  return text;
}

}  // namespace ramrolefs
