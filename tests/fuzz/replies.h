// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/fuse.h>
#include <sys/uio.h>

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "tests/fuzz/raw_request.h"

namespace ramrolefs::fuzz {

/// What stands in each secret of this program, and in no reply but READ's.
inline constexpr std::string_view kSecretMark = "made-up-but-secret";

/// What the kernel waits for, and what it would make of each reply: one that it refuses
/// (fuse_dev_do_write() in fs/fuse/dev.c), or that tells what it must not, ends the program.
class Replies {
 public:
  /// The request is about to be processed.
  void expect(RawRequest& request);

  /// A reply, as it is written to /dev/fuse.
  void take(const iovec* parts, int count);

  std::size_t outstanding() const { return outstanding_.size(); }
  bool is_outstanding(std::uint64_t unique) const { return outstanding_.contains(unique); }
  /// INTERRUPTs that libfuse has not found a request for, and will have sent anew (EAGAIN).
  bool is_interrupted(std::uint64_t unique) const { return interrupts_.contains(unique | 1U); }
  bool any_interrupts() const { return !interrupts_.empty(); }

 private:
  struct Request {
    std::uint32_t opcode;
    std::uint64_t inode;
    std::uint64_t offset;  // of READ
    std::uint32_t size;    // of READ, READDIR and IOCTL: what may come
  };

  void forget(RawRequest& request);
  void take_success(const Request& request, std::string_view payload);
  void take_entry(std::string_view payload);
  void take_read(const Request& request, std::size_t got);
  void tell(std::uint64_t inode, const fuse_attr& attributes, bool may_be_kept);

  std::map<std::uint64_t, Request> outstanding_;
  std::set<std::uint64_t> interrupts_;
  // The size of an inode, as the kernel has it: READ has to hold to that.
  std::map<std::uint64_t, std::uint64_t> told_;
};

}  // namespace ramrolefs::fuzz
