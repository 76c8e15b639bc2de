// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/failure.h"

namespace ramrolefs {

/// What a status other than 200 means on the role list and the role, by the service's contract.
constexpr Cause cause_of_status(int status) {
  if (status == 404) return Cause::no_role;
  if (status == 401 || status == 403) return Cause::denied;
  if (status == 429 || (status >= 500 && status <= 599)) return Cause::unavailable;
  return Cause::unexpected_status;
}

/// The failure, with the status and the URL as its detail.
inline Failure status_failure(Cause cause, int status, const std::string& url) {
  return {cause, "status " + std::to_string(status) + " from " + url};
}

}  // namespace ramrolefs
