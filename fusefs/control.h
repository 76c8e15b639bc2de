// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/ioctl.h>

namespace ramrolefs {

/// ioctl(2) on the mount's root, by which a command asks the process that serves it for a refresh.
/// It takes nothing, changes no file (and so works on a read-only mount), and returns in how many
/// milliseconds the refresh comes. EPERM: for root, and whose the files are.
inline constexpr unsigned kAskForRefresh = _IO('R', 1);

}  // namespace ramrolefs
