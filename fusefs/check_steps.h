// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/clock.h"
#include "common/metadata_client.h"
#include "common/metadata_transport.h"
#include "fusefs/route.h"

namespace ramrolefs {

/// One step of the way to a credential, and how it went: for people, without a secret.
struct CheckStep {
  enum class Mark {
    good,
    notable,  // no failure, but perhaps why another step fails
    bad,
    skipped,  // it depends on one that failed, or can't be told
  };
  Mark mark;
  std::string name;
  std::string text;
  std::string advice;  // what helps; empty where nothing need
};

/// Whether this machine is an ECS instance, by its firmware's product name (/sys/class/dmi/id).
CheckStep check_instance(const std::string& product_name);

/// By which interface and from which address the service is asked.
CheckStep check_route(const Result<Route>& route);

/// Asks the service as a mount does, by a MetadataClient in one flight: address, token, role,
/// credential, clock, region. Takes two `limit`s at most.
std::vector<CheckStep> check_service(MetadataTransport& transport, const Clock& clock,
                                     const MetadataClient::Options& options, Duration limit);

/// The same steps where there is no way to the service.
std::vector<CheckStep> skip_service();

}  // namespace ramrolefs
