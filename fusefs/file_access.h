// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ramrolefs {

/// What a process may still do to files by their names, which a chroot(2) would say better, but an
/// ordinary user has none: landlock(7), Linux 5.13.
enum class FileAccess : std::uint8_t { read, rename };

/// From now on this process may do that beneath `directory`, and nothing anywhere else: no opening,
/// making, removing. Descriptors that it has work on. Not forbidden: to see that a file is there,
/// to stat it, to change to a directory (landlock(7), "Filesystem limitations").
/// Requires: no_new_privs; no other thread.
/// Returns whether it is so: not where the kernel has no landlock, or it is turned off.
bool leave_only(FileAccess access, const char* directory);

}  // namespace ramrolefs
