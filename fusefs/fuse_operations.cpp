// SPDX-License-Identifier: Apache-2.0
#include "fusefs/fuse_operations.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/log.h"
#include "fusefs/control.h"
#include "fusefs/kin.h"
#include "fusefs/node.h"

namespace ramrolefs {
namespace {

Served& served(fuse_req_t request) {
  return *static_cast<Served*>(fuse_req_userdata(request));
}

double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void reply_error(fuse_req_t request, Errno error) {
  fuse_reply_err(request, static_cast<int>(error));
}

Caller caller_of(fuse_req_t request) {
  const fuse_ctx* context = fuse_req_ctx(request);
  return {context->pid,
          context->uid,
          context->gid,
          [thread = context->pid](gid_t group) { return thread_has_group(thread, group); },
          [thread = context->pid] { return thread_overrides_mode(thread); },
          [thread = context->pid] { return kin_of(thread, SystemClock().steady()); }};
}

/// Runs a handler's body; for want of memory, the reader gets ENOMEM and the mount goes on.
template <typename Body>
void guarded(fuse_req_t request, Body body) {
  try {
    body();
  } catch (const std::bad_alloc&) {
    fuse_reply_err(request, ENOMEM);
  }
}

void init(void* userdata, fuse_conn_info* connection) {
  // A closed list, whatever libfuse's version has for defaults: each worker of a mount agrees on
  // the same. Not in it: READDIRPLUS, as attributes on a listing would make `ls` a read of every
  // file; ATOMIC_O_TRUNC, with which O_TRUNC would succeed without a request once OPEN answers
  // ENOSYS; splice(2), which the journal could not follow.
  constexpr unsigned kWanted = FUSE_CAP_ASYNC_READ | FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_ASYNC_DIO |
                               FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_HANDLE_KILLPRIV |
                               FUSE_CAP_IOCTL_DIR;
  connection->want = connection->capable & kWanted;
  connection->max_write = 4096;  // nothing is written
  static_cast<Served*>(userdata)->ready();
}

void lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  guarded(request, [&] {
    // Another name may hold anything: line ends too.
    const bool known = served(request).filesystem.knows(name);
    log::trace("LOOKUP {} by {}", known ? name : "?", fuse_req_ctx(request)->pid);
    const auto entry =
        served(request).filesystem.lookup(InodeNumber(parent), name, caller_of(request));
    if (!entry) return reply_error(request, entry.error());
    fuse_entry_param reply{};
    reply.ino = entry->inode.raw();
    reply.attr = entry->attributes.stat;
    reply.attr_timeout = to_seconds(entry->attributes.timeout);
    reply.entry_timeout = to_seconds(entry->timeout);
    fuse_reply_entry(request, &reply);
  });
}

/// Answers, or parks.
void answer_or_park(Parking::Reader reader) {
  Served& what = served(reader.request);
  if (answer_parked(what.filesystem, reader)) return;
  what.parking.add(std::move(reader));
  what.filesystem.reader_parked();
  log::trace("parked: {} in all", what.parking.size());
}

void getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  guarded(request, [&] {
    log::trace("GETATTR {} by {}", inode, fuse_req_ctx(request)->pid);
    answer_or_park({request, InodeNumber(inode), caller_of(request), std::nullopt});
  });
}

/// A line for who opens the file, if there is to be one.
void log_open(Audit& audit, const std::string& file, const fuse_ctx& context) {
  const Opener opener = opener_of(context.pid);
  const auto left_out = audit.opened(opener.program, context.uid, SystemClock().steady());
  if (!left_out) return;
  const std::string process = std::to_string(opener.process);
  const std::string user = std::to_string(context.uid);
  log::event(log::Level::info, "open",
             {{"RAMROLEFS_FILE", file},
              {"RAMROLEFS_PROGRAM", opener.program},
              {"RAMROLEFS_PID", process},
              {"RAMROLEFS_UID", user}},
             "open: file={} program=\"{}\" pid={} uid={}{}", file, opener.program, process, user,
             *left_out == 0 ? "" : " left_out=" + std::to_string(*left_out));
}

void open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* file) {
  log::trace("OPEN by {}", fuse_req_ctx(request)->pid);
  Served& what = served(request);
  // The kernel then sends no OPEN and RELEASE any more and keeps the pages (FUSE_NO_OPEN_SUPPORT,
  // Linux 3.16): that makes a warm read as fast as a file.
  if (what.audit == nullptr) return reply_error(request, Errno{ENOSYS});
  guarded(request, [&] {
    const std::string path = what.filesystem.path_of(InodeNumber(inode));
    if (!path.empty()) log_open(*what.audit, path, *fuse_req_ctx(request));
    file->keep_cache = 1;
    fuse_reply_open(request, file);
  });
}

void opendir(fuse_req_t request, fuse_ino_t inode, fuse_file_info* file) {
  log::trace("OPENDIR by {}", fuse_req_ctx(request)->pid);
  guarded(request, [&] {
    const bool may = served(request).filesystem.may_list(InodeNumber(inode), caller_of(request));
    may ? fuse_reply_open(request, file) : fuse_reply_err(request, EACCES);
  });
}

void read(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset, fuse_file_info*) {
  guarded(request, [&] {
    log::trace("READ {} by {}", inode, fuse_req_ctx(request)->pid);
    answer_or_park({request, InodeNumber(inode), caller_of(request), Parking::Part{size, offset}});
  });
}

void readdir(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
             fuse_file_info*) {
  guarded(request, [&] {
    log::trace("READDIR {} by {}", inode, fuse_req_ctx(request)->pid);
    const auto names = served(request).filesystem.list(InodeNumber(inode));
    if (!names) return reply_error(request, names.error());
    std::vector<char> buffer(size);
    std::size_t used = 0;
    for (auto i = static_cast<std::size_t>(std::max<off_t>(offset, 0)); i < names->size(); ++i) {
      const auto& name = (*names)[i];
      struct stat stat {};
      stat.st_ino = name.inode.raw();
      stat.st_mode = name.type;
      const std::size_t length =
          fuse_add_direntry(request, buffer.data() + used, buffer.size() - used,
                            std::string(name.name).c_str(), &stat, static_cast<off_t>(i + 1));
      if (length > buffer.size() - used) break;
      used += length;
    }
    fuse_reply_buf(request, buffer.data(), used);
  });
}

void forget(fuse_req_t request, fuse_ino_t inode, std::uint64_t) {
  served(request).filesystem.forget(InodeNumber(inode));
  fuse_reply_none(request);
}

/// The announcer's alone; everybody else changes nothing.
void rename(fuse_req_t request, fuse_ino_t from_parent, const char* from, fuse_ino_t to_parent,
            const char* to, unsigned flags) {
  log::trace("RENAME by {}", fuse_req_ctx(request)->pid);
  if (flags != 0) return reply_error(request, Errno{EROFS});
  guarded(request, [&] {
    reply_error(request, served(request).filesystem.rename(InodeNumber(from_parent), from,
                                                           InodeNumber(to_parent), to,
                                                           fuse_req_ctx(request)->pid));
  });
}

void ioctl(fuse_req_t request, fuse_ino_t inode, unsigned command, void*, fuse_file_info*, unsigned,
           const void*, std::size_t, std::size_t) {
  if (InodeNumber(inode) != kRoot || command != kAskForRefresh) {
    return reply_error(request, Errno{ENOTTY});
  }
  guarded(request, [&] {
    const auto delay = served(request).filesystem.ask_for_refresh(caller_of(request));
    if (!delay) return reply_error(request, delay.error());
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*delay);
    fuse_reply_ioctl(request, static_cast<int>(rounded.count()), nullptr, 0);
  });
}

void statfs(fuse_req_t request, fuse_ino_t) {
  log::trace("STATFS by {}", fuse_req_ctx(request)->pid);
  // No blocks and no inodes, as /proc has none: with any, all of them would be in use, and
  // monitoring would call the disk full.
  struct statvfs stat {};
  stat.f_bsize = stat.f_frsize = 4096;
  stat.f_namemax = 255;
  fuse_reply_statfs(request, &stat);
}

/// Every call that changes something. The kernel refuses most of them before they get here; not all
/// once somebody has remounted the filesystem for writing.
template <typename... Arguments>
void refuse(fuse_req_t request, Arguments...) {
  fuse_reply_err(request, EROFS);
}

constexpr fuse_lowlevel_ops make_operations() {
  fuse_lowlevel_ops operations{};
  operations.init = init;
  operations.lookup = lookup;
  operations.getattr = getattr;
  operations.open = open;
  operations.read = read;
  operations.opendir = opendir;
  operations.readdir = readdir;
  operations.statfs = statfs;
  operations.forget = forget;
  operations.rename = rename;
  operations.ioctl = ioctl;

  operations.setattr = refuse;
  operations.mknod = refuse;
  operations.mkdir = refuse;
  operations.unlink = refuse;
  operations.rmdir = refuse;
  operations.symlink = refuse;
  operations.link = refuse;
  operations.write = refuse;
  operations.setxattr = refuse;
  operations.removexattr = refuse;
  operations.create = refuse;
  operations.fallocate = refuse;
  return operations;
}

}  // namespace

const fuse_lowlevel_ops kFuseOperations = make_operations();

namespace {

bool answer_read(Filesystem& filesystem, const Parking::Reader& reader) {
  const auto answer = filesystem.read(reader.inode);
  if (std::holds_alternative<Park>(answer)) return false;
  if (const auto* error = std::get_if<Errno>(&answer)) {
    reply_error(reader.request, *error);
    return true;
  }
  const auto bytes = std::get<std::string_view>(answer);
  const auto from =
      std::min(bytes.size(), static_cast<std::size_t>(std::max<off_t>(reader.part->offset, 0)));
  const auto part = bytes.substr(from, reader.part->size);
  fuse_reply_buf(reader.request, part.data(), part.size());
  return true;
}

}  // namespace

bool answer_parked(Filesystem& filesystem, const Parking::Reader& reader) {
  if (reader.part) return answer_read(filesystem, reader);
  const auto answer = filesystem.getattr(reader.inode, reader.caller);
  if (std::holds_alternative<Park>(answer)) return false;
  if (const auto* error = std::get_if<Errno>(&answer)) {
    reply_error(reader.request, *error);
  } else {
    const auto& attributes = std::get<Attributes>(answer);
    fuse_reply_attr(reader.request, &attributes.stat, to_seconds(attributes.timeout));
  }
  return true;
}

}  // namespace ramrolefs
