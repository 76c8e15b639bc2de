// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/fuse.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace ramrolefs::fuzz {

/// A request as the kernel writes it: a header, and what follows it.
///
/// What libfuse and we may rely on, because the kernel itself writes it (fs/fuse/dev.c, dir.c,
/// file.c), is repaired; all else is as it comes:
///   - `len` is the request's length; the structure of the opcode is there, whole;
///   - names end with a NUL;
///   - a READ or READDIR asks for 256 pages at most (FUSE_MAX_MAX_PAGES), from an offset that a
///   loff_t
///     can hold;
///   - BATCH_FORGET has as many entries as it says.
class RawRequest {
 public:
  RawRequest(const fuse_in_header& header, std::string_view arguments);

  const fuse_in_header& header() const;
  std::vector<char>& bytes() { return bytes_; }

  /// The structure after the header. Requires: it is that of the opcode.
  template <typename Arguments>
  Arguments& arguments() {
    return *reinterpret_cast<Arguments*>(bytes_.data() + sizeof(fuse_in_header));
  }

 private:
  std::vector<char> bytes_;
};

/// Whether the kernel waits for a reply.
bool wants_reply(std::uint32_t opcode);

}  // namespace ramrolefs::fuzz
