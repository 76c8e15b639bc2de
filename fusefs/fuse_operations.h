// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fuse_lowlevel.h>

#include <functional>

#include "fusefs/audit.h"
#include "fusefs/filesystem.h"
#include "fusefs/parking.h"

namespace ramrolefs {

class Session;

/// What the handlers work on: the session's user data.
struct Served {
  Filesystem& filesystem;
  Parking& parking;
  std::function<void()> ready;  // called once the kernel and we agreed on the protocol
  Session* session = nullptr;   // by which the replies go
  Audit* audit = nullptr;       // with one, each open is seen
};

/// The handlers that libfuse calls: each translates a request, asks the Filesystem, and replies.
///
/// Threads   those of the session, which is one.
/// Failures  no exception leaves a handler: what is thrown for want of memory becomes ENOMEM.
extern const fuse_lowlevel_ops kFuseOperations;

/// Looks at a parked reader again, and answers if there is an answer. Returns whether it did.
bool answer_parked(Filesystem& filesystem, const Parking::Reader& reader);

}  // namespace ramrolefs
