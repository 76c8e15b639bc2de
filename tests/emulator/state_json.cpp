// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/state_json.h"

#include <nlohmann/json.hpp>

namespace ramrolefs::emulator {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) {
  // A request may hold anything, UTF-8 or not, and an error quotes it.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json fault_json(const FaultBoard& faults) {
  const Fault& fault = faults.fault();
  Json json{{"kind", fault.kind->name}};
  if (fault.kind == &fault_table().front()) return json;
  json["on"] = "all";
  for (const EndpointRow& row : kEndpoints) {
    if (fault.on == row.endpoint) json["on"] = row.name;
  }
  if (fault.kind->parameter == "seconds") json["seconds"] = in_seconds(fault.seconds);
  if (fault.kind->parameter == "status") json["status"] = fault.status;
  if (fault.kind->parameter == "member") json["member"] = fault.member;
  if (faults.times_left()) json["times_left"] = *faults.times_left();
  return json;
}

Json counters_json(RequestCounters& counters) {
  Json json;
  std::uint64_t total = 0;
  for (const EndpointRow& row : kEndpoints) {
    json[std::string(row.name)] = counters.of(row.endpoint);
    total += counters.of(row.endpoint);
  }
  json["total"] = total;
  json["connections"] = counters.connections;
  return json;
}

}  // namespace

std::string state_json(EmulatedService& service, const FaultBoard& faults, const Moment& now) {
  const Settings& settings = service.settings();
  return written({{"role", service.role()},
                  {"hardened", settings.hardened},
                  {"lifetime", in_seconds(settings.lifetime)},
                  {"renew_before", in_seconds(settings.renew_before)},
                  {"clock_offset", in_seconds(settings.clock_offset)},
                  {"now", iso8601(service.wall(now))},
                  {"credentials_made", service.credentials_made()},
                  {"fault", fault_json(faults)},
                  {"requests", counters_json(service.counters())}});
}

std::string error_json(const std::string& why) {
  return written({{"error", why}});
}

}  // namespace ramrolefs::emulator
