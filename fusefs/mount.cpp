// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount.h"

#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "common/log.h"
#include "fusefs/file_descriptor.h"

namespace ramrolefs {
namespace {

constexpr const char* kDevice = "/dev/fuse";
constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

bool is_root() {
  return geteuid() == 0;
}

std::string device_problem(int error) {
  std::string device = std::string(kDevice) + ": " + strerror(error);
  switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return device +
             "; load the kernel module (modprobe fuse), or in a container pass the device "
             "in (docker run --device /dev/fuse --cap-add SYS_ADMIN)";
    case EACCES:
    case EPERM:
      return device +
             "; as an ordinary user the device must be open to all (chmod 0666), in a "
             "container it must be passed in (docker run --device /dev/fuse)";
    default:
      return device;
  }
}

std::string mount_problem(const std::string& directory, int error) {
  std::string problem = "can't mount on " + directory + ": " + strerror(error);
  if (error == EPERM || error == EACCES) {
    problem += "; root needs CAP_SYS_ADMIN for that (docker run --cap-add SYS_ADMIN)";
  }
  if (error == ENODEV) problem += "; the kernel has no FUSE (modprobe fuse)";
  return problem;
}

/// Each with a comma before it.
std::string joined(const std::vector<std::string>& options) {
  std::string list;
  for (const std::string& option : options) list += "," + option;
  return list;
}

/// libfuse's session, which is there to mount by fusermount3.
fuse_session* make_session(const Mount::Options& wanted) {
  std::string options = "fsname=" + wanted.source +
                        ",subtype=ramrolefs,default_permissions,nosuid,nodev,noexec" +
                        joined(wanted.kernel);
  std::string program = "ramrolefs";
  std::string flag = "-o";
  std::array<char*, 3> words{program.data(), flag.data(), options.data()};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  const fuse_lowlevel_ops none{};
  fuse_session* session = fuse_session_new(&arguments, &none, sizeof none, nullptr);
  fuse_opt_free_args(&arguments);  // libfuse has put a list of its own there
  return session;
}

/// Makes the mount on the directory read-only, and returns a clone of it that is not. Until then,
/// what would change something is refused by us; and in what other namespaces have got of it by
/// propagation, ever after.
FileDescriptor clone_and_protect(const std::string& directory) {
  FileDescriptor clone(open_tree(AT_FDCWD, directory.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!clone.valid()) log::warning("rotations can't be announced: open_tree: {}", strerror(errno));
  constexpr unsigned long kProtected = MS_REMOUNT | MS_BIND | MS_RDONLY | kFlags;
  if (::mount(nullptr, directory.c_str(), nullptr, kProtected, nullptr) != 0) {
    log::warning("{} can't be made read-only in the kernel: {}", directory, strerror(errno));
  }
  return clone;
}

/// Returns the device.
tl::expected<FileDescriptor, std::string> mount_as_root(const std::string& directory,
                                                        const Mount::Options& wanted) {
  FileDescriptor device(open(kDevice, O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!device.valid()) return tl::unexpected(device_problem(errno));
  // The options of mount.fuse3(8), as the kernel takes them (Documentation/filesystems/fuse.rst).
  const std::string options =
      "fd=" + std::to_string(device.get()) +
      ",rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other" +
      joined(wanted.kernel);
  if (::mount(wanted.source.c_str(), directory.c_str(), kMountType, kFlags, options.c_str()) != 0) {
    return tl::unexpected(mount_problem(directory, errno));
  }
  return device;
}

tl::expected<FileDescriptor, std::string> mount_as_user(const std::string& directory,
                                                        const Mount::Options& wanted) {
  if (access(kDevice, R_OK | W_OK) != 0) return tl::unexpected(device_problem(errno));
  if (access(directory.c_str(), W_OK) != 0) {
    return tl::unexpected("can't mount on " + directory +
                          ": an ordinary user must be allowed to write to it");
  }
  const std::unique_ptr<fuse_session, decltype(&fuse_session_destroy)> session(
      make_session(wanted), fuse_session_destroy);
  if (!session) return tl::unexpected(std::string("libfuse can't make a session"));
  if (fuse_session_mount(session.get(), directory.c_str()) != 0) {
    return tl::unexpected("can't mount on " + directory +
                          ": fusermount3 failed (is the package fuse3 installed?)");
  }
  FileDescriptor device(fcntl(fuse_session_fd(session.get()), F_DUPFD_CLOEXEC, 0));
  fcntl(device.get(), F_SETFL, fcntl(device.get(), F_GETFL) | O_NONBLOCK);
  return device;
}

}  // namespace

bool detach_mount(const std::string& path) {
  if (is_root()) return umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
  std::string program = "fusermount3";
  std::string flags = "-uzq";
  std::string place = path;
  std::array<char*, 4> words{program.data(), flags.data(), place.data(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, program.c_str(), nullptr, nullptr, words.data(), environ) != 0) {
    return false;
  }
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

tl::expected<Mount, std::string> Mount::make(const std::string& directory, const Options& options) {
  auto device = is_root() ? mount_as_root(directory, options) : mount_as_user(directory, options);
  if (!device) return tl::unexpected(device.error());
  return Mount(directory, std::move(*device),
               is_root() ? clone_and_protect(directory) : FileDescriptor());
}

std::optional<Mount> Mount::found(const std::string& directory, FileDescriptor device,
                                  FileDescriptor clone, int id) {
  Mount mount(directory, std::move(device), std::move(clone));
  if (mount.id() != id || id == 0) return std::nullopt;
  return mount;
}

Mount::Mount(std::string directory, FileDescriptor device, FileDescriptor clone)
    : directory_(std::move(directory)), device_(std::move(device)), clone_(std::move(clone)) {
  if (!is_root()) return;
  table_ = open_mount_table();  // from now on, no change of it is missed
  const auto entry = find_mount(directory_);
  if (entry && entry->type == kMountType) entry_ = entry;
  // Nobody would see that the visible mount has gone, and the clone would outlive it for ever.
  if (!entry_ || !table_.valid()) clone_.close();
}

bool Mount::is_visible() const {
  return !entry_ || is_there(*entry_).value_or(true);
}

void Mount::unmount() const {
  const auto entry = find_mount(directory_);
  const bool anothers = entry && entry_ && entry->id != entry_->id;  // ours has been taken away
  if (!anothers) detach_mount(directory_);
}

}  // namespace ramrolefs
