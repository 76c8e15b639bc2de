// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
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

/// libfuse's session, not mounted yet. The options matter to fusermount3 alone.
fuse_session* make_session(const Mount::Options& wanted, Served& served) {
  std::string options = "fsname=" + wanted.source +
                        ",subtype=ramrolefs,default_permissions,nosuid,nodev,noexec" +
                        joined(wanted.kernel);
  std::string program = "ramrolefs";
  std::string flag = "-o";
  std::array<char*, 3> words{program.data(), flag.data(), options.data()};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  fuse_session* session =
      fuse_session_new(&arguments, &kFuseOperations, sizeof kFuseOperations, &served);
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

/// Returns the clone.
tl::expected<FileDescriptor, std::string> mount_as_root(const std::string& directory,
                                                        const Mount::Options& wanted,
                                                        fuse_session* session) {
  FileDescriptor device(open(kDevice, O_RDWR | O_CLOEXEC));
  if (!device.valid()) return tl::unexpected(device_problem(errno));
  // The options of mount.fuse3(8), as the kernel takes them (Documentation/filesystems/fuse.rst).
  const std::string options =
      "fd=" + std::to_string(device.get()) +
      ",rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other" +
      joined(wanted.kernel);
  if (::mount(wanted.source.c_str(), directory.c_str(), kMountType, kFlags, options.c_str()) != 0) {
    return tl::unexpected(mount_problem(directory, errno));
  }
  const std::string name = "/dev/fd/" + std::to_string(device.get());
  if (fuse_session_mount(session, name.c_str()) != 0) {
    umount2(directory.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
    return tl::unexpected("libfuse does not take " + name);
  }
  device.release();  // libfuse closes it
  return clone_and_protect(directory);
}

/// There is no clone: the visible mount itself can be written to, as far as the kernel goes.
tl::expected<FileDescriptor, std::string> mount_as_user(const std::string& directory,
                                                        fuse_session* session) {
  if (access(kDevice, R_OK | W_OK) != 0) return tl::unexpected(device_problem(errno));
  if (access(directory.c_str(), W_OK) != 0) {
    return tl::unexpected("can't mount on " + directory +
                          ": an ordinary user must be allowed to write to it");
  }
  if (fuse_session_mount(session, directory.c_str()) != 0) {
    return tl::unexpected("can't mount on " + directory +
                          ": fusermount3 failed (is the package fuse3 installed?)");
  }
  return FileDescriptor();
}

void log_of_libfuse(fuse_log_level level, const char* form, va_list arguments) {
  std::array<char, 512> line{};
  vsnprintf(line.data(), line.size(), form, arguments);
  std::string_view text(line.data());
  if (text.ends_with('\n')) text.remove_suffix(1);
  log::write(level <= FUSE_LOG_WARNING ? log::Level::warning : log::Level::debug, text);
}

}  // namespace

tl::expected<Mount, std::string> Mount::make(const std::string& directory, const Options& options,
                                             Served& served) {
  fuse_set_log_func(log_of_libfuse);
  Session session(make_session(options, served), fuse_session_destroy);
  if (!session) return tl::unexpected(std::string("libfuse can't make a session"));
  auto mounted = is_root() ? mount_as_root(directory, options, session.get())
                           : mount_as_user(directory, session.get());
  if (!mounted) return tl::unexpected(mounted.error());
  const int descriptor = fuse_session_fd(session.get());
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  return Mount(directory, std::move(session), std::move(*mounted));
}

Mount::Mount(std::string directory, Session session, FileDescriptor clone)
    : directory_(std::move(directory)), session_(std::move(session)), clone_(std::move(clone)) {
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

Mount::~Mount() {
  if (session_) unmount();
}

void Mount::unmount() {
  if (!is_root()) return fuse_session_unmount(session_.get());
  const auto entry = find_mount(directory_);
  const bool anothers = entry && entry_ && entry->id != entry_->id;  // ours has been taken away
  if (mounted_ && !anothers) umount2(directory_.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  mounted_ = false;
}

}  // namespace ramrolefs
