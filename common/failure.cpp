// SPDX-License-Identifier: Apache-2.0
#include "common/failure.h"

namespace ramrolefs {

std::string_view describe(Cause cause) {
  switch (cause) {
    case Cause::no_role:
      return "no role is attached to this instance";
    case Cause::refused:
      return "connection refused";
    case Cause::no_network:
      return "network unreachable (is this an instance in a VPC?)";
    case Cause::unreachable:
      return "host unreachable";
    case Cause::timed_out:
      return "no answer in time";
    case Cause::denied:
      return "access denied";
    case Cause::no_token:
      return "no token to be had, and no answer without one";
    case Cause::unavailable:
      return "service unavailable";
    case Cause::unexpected_status:
      return "unexpected status";
    case Cause::cut_off:
      return "connection closed or answer cut off";
    case Cause::malformed:
      return "malformed answer";
    case Cause::not_successful:
      return "the service says that it did not succeed";
    case Cause::expired:
      return "the newest credential is already expired";
    case Cause::local:
      return "this machine lacks what the request needs";
  }
  return "unknown";
}

bool may_pass(Cause cause) {
  switch (cause) {
    case Cause::refused:
    case Cause::no_network:
    case Cause::unreachable:
    case Cause::timed_out:
    case Cause::no_token:
    case Cause::unavailable:
    case Cause::cut_off:
    case Cause::local:
      return true;
    case Cause::no_role:
    case Cause::denied:
    case Cause::unexpected_status:
    case Cause::malformed:
    case Cause::not_successful:
    case Cause::expired:
      return false;
  }
  return false;
}

}  // namespace ramrolefs
