// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>

#include "common/failure.h"

namespace ramrolefs {

/// The errno by which a reader learns why there is no credential; the README has the same table.
constexpr int to_errno(Cause cause) {
  switch (cause) {  // no default: -Wswitch names the cause that we forgot
    case Cause::no_role:
      return ENOENT;
    case Cause::refused:
      return ECONNREFUSED;
    case Cause::no_network:
      return ENETUNREACH;
    case Cause::unreachable:
      return EHOSTUNREACH;
    case Cause::timed_out:
      return ETIMEDOUT;
    case Cause::denied:
    case Cause::no_token:
      return EACCES;
    // Not EAGAIN, which programs take for a full pipe.
    case Cause::unavailable:
    case Cause::unexpected_status:
    case Cause::not_successful:
      return EREMOTEIO;
    case Cause::cut_off:
      return ECONNRESET;
    case Cause::malformed:
      return EBADMSG;
    case Cause::expired:
      return EKEYEXPIRED;
    case Cause::local:
      return EIO;
  }
  return EIO;
}

}  // namespace ramrolefs
