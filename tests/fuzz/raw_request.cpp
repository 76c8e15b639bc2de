// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/raw_request.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace ramrolefs::fuzz {
namespace {

constexpr std::uint32_t kMostBytes = 256 * 4096;

/// The structures that libfuse reads without a look at the length.
constexpr std::pair<std::uint32_t, std::size_t> kStructures[] = {
    {FUSE_FORGET, sizeof(fuse_forget_in)},
    {FUSE_GETATTR, sizeof(fuse_getattr_in)},
    {FUSE_SETATTR, sizeof(fuse_setattr_in)},
    {FUSE_MKNOD, sizeof(fuse_mknod_in)},
    {FUSE_MKDIR, sizeof(fuse_mkdir_in)},
    {FUSE_RENAME, sizeof(fuse_rename_in)},
    {FUSE_LINK, sizeof(fuse_link_in)},
    {FUSE_OPEN, sizeof(fuse_open_in)},
    {FUSE_READ, sizeof(fuse_read_in)},
    {FUSE_WRITE, sizeof(fuse_write_in)},
    {FUSE_RELEASE, sizeof(fuse_release_in)},
    {FUSE_FSYNC, sizeof(fuse_fsync_in)},
    {FUSE_SETXATTR, sizeof(fuse_setxattr_in)},
    {FUSE_GETXATTR, sizeof(fuse_getxattr_in)},
    {FUSE_LISTXATTR, sizeof(fuse_getxattr_in)},
    {FUSE_FLUSH, sizeof(fuse_flush_in)},
    {FUSE_INIT, sizeof(fuse_init_in)},
    {FUSE_OPENDIR, sizeof(fuse_open_in)},
    {FUSE_READDIR, sizeof(fuse_read_in)},
    {FUSE_RELEASEDIR, sizeof(fuse_release_in)},
    {FUSE_FSYNCDIR, sizeof(fuse_fsync_in)},
    {FUSE_GETLK, sizeof(fuse_lk_in)},
    {FUSE_SETLK, sizeof(fuse_lk_in)},
    {FUSE_SETLKW, sizeof(fuse_lk_in)},
    {FUSE_ACCESS, sizeof(fuse_access_in)},
    {FUSE_CREATE, sizeof(fuse_create_in)},
    {FUSE_INTERRUPT, sizeof(fuse_interrupt_in)},
    {FUSE_BMAP, sizeof(fuse_bmap_in)},
    {FUSE_IOCTL, sizeof(fuse_ioctl_in)},
    {FUSE_POLL, sizeof(fuse_poll_in)},
    {FUSE_BATCH_FORGET, sizeof(fuse_batch_forget_in)},
    {FUSE_FALLOCATE, sizeof(fuse_fallocate_in)},
    {FUSE_READDIRPLUS, sizeof(fuse_read_in)},
    {FUSE_RENAME2, sizeof(fuse_rename2_in)},
    {FUSE_LSEEK, sizeof(fuse_lseek_in)},
    {FUSE_COPY_FILE_RANGE, sizeof(fuse_copy_file_range_in)},
};

std::size_t structure_size(std::uint32_t opcode) {
  for (const auto& [known, size] : kStructures) {
    if (known == opcode) return size;
  }
  return 0;
}

void bound(fuse_read_in& read) {
  read.size = std::min(read.size, kMostBytes);
  read.offset &= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
}

}  // namespace

RawRequest::RawRequest(const fuse_in_header& header, std::string_view arguments) {
  const std::size_t size = std::max(arguments.size(), structure_size(header.opcode));
  constexpr std::size_t kNuls = 2;  // RENAME has two names
  bytes_.resize(sizeof header + size + kNuls);
  fuse_in_header written = header;
  written.len = static_cast<std::uint32_t>(bytes_.size());
  std::memcpy(bytes_.data(), &written, sizeof written);
  std::copy(arguments.begin(), arguments.end(), bytes_.begin() + sizeof written);
  switch (header.opcode) {
    case FUSE_READ:
    case FUSE_READDIR:
    case FUSE_READDIRPLUS:
      bound(this->arguments<fuse_read_in>());
      break;
    case FUSE_BATCH_FORGET: {
      auto& count = this->arguments<fuse_batch_forget_in>().count;
      const auto there = (size - sizeof(fuse_batch_forget_in)) / sizeof(fuse_forget_one);
      count = std::min(count, static_cast<std::uint32_t>(there));
      break;
    }
    default:
      break;
  }
}

const fuse_in_header& RawRequest::header() const {
  return *reinterpret_cast<const fuse_in_header*>(bytes_.data());
}

bool wants_reply(std::uint32_t opcode) {
  return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET && opcode != FUSE_INTERRUPT;
}

}  // namespace ramrolefs::fuzz
