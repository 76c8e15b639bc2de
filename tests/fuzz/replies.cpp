// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/replies.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "tests/fuzz/check.h"

namespace ramrolefs::fuzz {
namespace {

template <typename Structure>
Structure structure_of(std::string_view payload) {
  check(payload.size() == sizeof(Structure), "a reply is of its structure's size");
  Structure structure{};
  std::memcpy(&structure, payload.data(), sizeof structure);
  return structure;
}

/// fuse_invalid_attr() in fs/fuse/dir.c.
void check_attributes(const fuse_attr& attributes) {
  check(S_ISREG(attributes.mode) || S_ISDIR(attributes.mode), "what there is has a type");
  check(attributes.size <= std::uint64_t{INT64_MAX}, "a size is a loff_t");
  check(attributes.mtimensec < 1'000'000'000, "nanoseconds are less than a second");
}

/// parse_dirfile() in fs/fuse/readdir.c.
void check_names(std::string_view payload) {
  while (!payload.empty()) {
    fuse_dirent entry{};
    check(payload.size() >= FUSE_NAME_OFFSET, "a name's header is whole");
    std::memcpy(&entry, payload.data(), FUSE_NAME_OFFSET);
    const std::size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.namelen);
    check(entry.namelen > 0 && entry.namelen <= 255 && size <= payload.size(), "a name is whole");
    const auto name = payload.substr(FUSE_NAME_OFFSET, entry.namelen);
    check(name.find('/') == std::string_view::npos, "a name has no slash");
    payload.remove_prefix(size);
  }
}

}  // namespace

void Replies::expect(RawRequest& request) {
  const fuse_in_header& header = request.header();
  if (header.opcode == FUSE_INTERRUPT) {
    const auto target = request.arguments<fuse_interrupt_in>().unique;
    if (!outstanding_.contains(target)) interrupts_.insert(header.unique);
    return;
  }
  if (!wants_reply(header.opcode)) return forget(request);
  Request expected{header.opcode, header.nodeid, 0, 0};
  if (header.opcode == FUSE_READ || header.opcode == FUSE_READDIR) {
    const auto& read = request.arguments<fuse_read_in>();
    expected.offset = read.offset;
    expected.size = read.size;
  }
  if (header.opcode == FUSE_IOCTL) expected.size = request.arguments<fuse_ioctl_in>().out_size;
  outstanding_[header.unique] = expected;
}

void Replies::forget(RawRequest& request) {
  if (request.header().opcode == FUSE_FORGET) {
    told_.erase(request.header().nodeid);
    return;
  }
  const auto& batch = request.arguments<fuse_batch_forget_in>();
  const char* entries = reinterpret_cast<const char*>(&batch + 1);
  for (std::uint32_t i = 0; i < batch.count; ++i) {
    fuse_forget_one one{};
    std::memcpy(&one, entries + i * sizeof one, sizeof one);
    told_.erase(one.nodeid);
  }
}

void Replies::take(const iovec* parts, int count) {
  std::string reply;
  for (int i = 0; i < count; ++i) {
    reply.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  fuse_out_header header{};
  check(reply.size() >= sizeof header, "a reply has a header");
  std::memcpy(&header, reply.data(), sizeof header);
  check(header.len == reply.size(), "a reply is as long as it says");
  check(header.error <= 0 && header.error > -512, "an error is an errno of user space");
  check(header.error != -ERANGE, "libfuse took an error for one");  // else it says ERANGE
  check(header.error == 0 || reply.size() == sizeof header, "an error is a header alone");
  if (interrupts_.erase(header.unique) == 1) {
    return check(header.error == -EAGAIN, "an INTERRUPT that came too early is to be sent anew");
  }
  const auto found = outstanding_.find(header.unique);
  check(found != outstanding_.end(), "a request that waits gets a reply, and gets one alone");
  const Request request = found->second;
  outstanding_.erase(found);
  if (request.opcode != FUSE_READ) {
    check(reply.find(kSecretMark) == std::string::npos, "only READ tells a secret");
  }
  if (header.error == 0) take_success(request, std::string_view(reply).substr(sizeof header));
}

void Replies::take_success(const Request& request, std::string_view payload) {
  switch (request.opcode) {
    case FUSE_INIT:
      return check(structure_of<fuse_init_out>(payload).major == FUSE_KERNEL_VERSION, "INIT");
    case FUSE_LOOKUP:
      return take_entry(payload);
    case FUSE_GETATTR: {
      const auto attributes = structure_of<fuse_attr_out>(payload);
      check(attributes.attr_valid_nsec < 1'000'000'000, "nanoseconds are less than a second");
      return tell(request.inode, attributes.attr,
                  attributes.attr_valid > 0 || attributes.attr_valid_nsec > 0);
    }
    case FUSE_STATFS:
      return (void)structure_of<fuse_statfs_out>(payload);
    case FUSE_OPENDIR:
      return (void)structure_of<fuse_open_out>(payload);
    case FUSE_READ:
      return take_read(request, payload.size());
    case FUSE_READDIR:
      check(payload.size() <= request.size, "a listing is no longer than was asked for");
      return check_names(payload);
    case FUSE_IOCTL:
      return check(payload.size() >= sizeof(fuse_ioctl_out) &&
                       payload.size() - sizeof(fuse_ioctl_out) <= request.size,
                   "an ioctl returns no more than was asked for");
    default:
      return check(payload.empty(), "other replies are a header alone");
  }
}

void Replies::take_entry(std::string_view payload) {
  const auto entry = structure_of<fuse_entry_out>(payload);
  check(entry.nodeid != 0, "a name that is there has an inode");
  check(entry.entry_valid_nsec < 1'000'000'000 && entry.attr_valid_nsec < 1'000'000'000,
        "nanoseconds are less than a second");
  tell(entry.nodeid, entry.attr, entry.attr_valid > 0 || entry.attr_valid_nsec > 0);
}

void Replies::tell(std::uint64_t inode, const fuse_attr& attributes, bool may_be_kept) {
  check_attributes(attributes);
  // What may not be kept is asked for again before anything is read.
  if (may_be_kept) {
    told_[inode] = attributes.size;
  } else {
    told_.erase(inode);
  }
}

void Replies::take_read(const Request& request, std::size_t got) {
  check(got <= request.size, "a READ gets no more than was asked for");
  const auto found = told_.find(request.inode);
  if (found == told_.end()) return;
  const std::uint64_t left = found->second - std::min(found->second, request.offset);
  check(got == std::min<std::uint64_t>(left, request.size), "bytes and size are of one generation");
}

}  // namespace ramrolefs::fuzz
