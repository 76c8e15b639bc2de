// SPDX-License-Identifier: Apache-2.0
#include "fusefs/proc.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "fusefs/mount_table.h"

namespace ramrolefs {
namespace {

FileDescriptor root;

FileDescriptor mount_proc() {
  const FileDescriptor context(fsopen("proc", FSOPEN_CLOEXEC));
  const auto set = [&](const char* key, const char* value) {
    return fsconfig(context.get(), FSCONFIG_SET_STRING, key, value, 0) == 0;
  };
  // subset= first: a kernel that does not know it has one procfs for a whole pid namespace, whose
  // hidepid= is not ours to change.
  const bool made = context.valid() && set("subset", "pid") && set("hidepid", "0") &&
                    fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0;
  if (!made) return {};
  return FileDescriptor(
      fsmount(context.get(), FSMOUNT_CLOEXEC,
              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
}

}  // namespace

FileDescriptor open_proc() {
  FileDescriptor own = mount_proc();
  if (own.valid()) return own;
  return FileDescriptor(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

bool proc_hides() {
  const auto hides = find_mount_option("/proc", "hidepid");
  return hides && *hides != "off" && *hides != "0";
}

void read_proc_in(FileDescriptor directory) {
  root = std::move(directory);
}

std::string read_proc(pid_t thread, const char* file) {
  const std::string path = std::to_string(thread) + "/" + file;
  const FileDescriptor stream(root.valid() ? openat(root.get(), path.c_str(), O_RDONLY | O_CLOEXEC)
                                           : open(("/proc/" + path).c_str(), O_RDONLY | O_CLOEXEC));
  if (!stream.valid()) return "";
  std::string text;
  std::array<char, 4096> part{};
  ssize_t got = 0;
  while ((got = ::read(stream.get(), part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace ramrolefs
