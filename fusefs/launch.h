// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fusefs/call.h"
#include "fusefs/daemon.h"

namespace ramrolefs {

/// What the service manager has kept of a predecessor that was killed (sd_listen_fds(3)).
struct Kept {
  FileDescriptor device;
  FileDescriptor memory;
  FileDescriptor clone;
};
Kept take_kept();

/// The call by which the predecessor was made; nothing where none was, or it can't be read.
std::optional<Call> call_of(const Kept& kept);

/// Mounts, or goes on with what was kept, and sees to it that it is served until a signal ends it
/// or somebody unmounts. Returns the exit status.
int launch(const Call& call, Kept kept, Daemon& daemon);

}  // namespace ramrolefs
