// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include "tests/emulator/descriptor.h"

namespace ramrolefs::emulator {

/// Something that happens once, and that any number of threads can poll for together with a socket:
/// a condition variable can't tell that a client has hung up.
///
/// Threads   any.
/// Failures  where no eventfd is to be had, descriptor() is -1, which poll ignores.
class Event {
 public:
  Event() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void happen() const { (void)::eventfd_write(descriptor_.get(), 1); }

  bool has_happened() const {
    pollfd what{.fd = descriptor_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&what, 1, 0) > 0;
  }

  /// Readable from the moment it happened, for ever.
  int descriptor() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
};

}  // namespace ramrolefs::emulator
