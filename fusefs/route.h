// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/failure.h"

namespace ramrolefs {

/// The way by which a request to the metadata service leaves this machine.
struct Route {
  std::string destination;  // an address of the service
  std::string source;       // the address that it is asked from
  std::string interface;    // whose address that is; empty where none has it
  std::string claimant;     // an interface that looks like that of a VPN in the service's way
};

/// Asks the kernel for the way to the first of `addresses`, or, where there is none, to the host of
/// `url`, which then is an address (see host_addresses()). No packet is sent.
///
/// The service's usual address lies in 100.64.0.0/10 (RFC 6598), which Tailscale and other VPNs
/// claim: by a route, or by dropping what comes from there by another interface than theirs.
///
/// Requires: `url` as check_metadata_url() returns it.
/// Failures  no_network, unreachable, local.
Result<Route> find_route(const std::string& url, const std::vector<std::string>& addresses);

}  // namespace ramrolefs
