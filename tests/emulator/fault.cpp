// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/fault.h"

#include <algorithm>
#include <array>
#include <limits>

#include "tests/emulator/parameters.h"

namespace ramrolefs::emulator {
namespace {

using Error = tl::unexpected<std::string>;

constexpr std::array<std::string_view, 6> kMembers{"AccessKeyId",   "AccessKeySecret", "Expiration",
                                                   "SecurityToken", "LastUpdated",     "Code"};

Parsed<const FaultKind*> parse_kind(const std::optional<std::string>& name) {
  const auto table = fault_table();
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const FaultKind& kind) { return name && kind.name == *name; });
  if (row == table.end()) return Error(not_allowed("kind", name, fault_names()));
  return &*row;
}

Parsed<std::optional<Endpoint>> parse_target(const FaultKind& kind, const std::string& name) {
  if (name == "all") return std::nullopt;
  const auto row =
      std::find_if(kEndpoints.begin(), kEndpoints.end(),
                   [&](const EndpointRow& candidate) { return candidate.name == name; });
  if (row == kEndpoints.end() || row->endpoint == Endpoint::other) {
    return Error(not_allowed("on", name, target_names()));
  }
  if (kind.reach == Reach::credential && row->endpoint != Endpoint::credential) {
    const std::string why = " (kind=" + std::string(kind.name) + " changes the credential only)";
    return Error(not_allowed("on", name, "all, credential") + why);
  }
  return row->endpoint;
}

// The kind's own parameter; `value` is the one given or the standard one.
Parsed<void> read_own(Fault& fault, const std::string& value) {
  const std::string name(fault.kind->parameter);
  if (name == "seconds") return store(fault.seconds, name, parse_seconds(value, 0, 86400));
  if (name == "status") return store(fault.status, name, parse_integer(value, 200, 599));
  if (name == "member") {
    if (std::find(kMembers.begin(), kMembers.end(), value) == kMembers.end()) {
      return Error(not_allowed(name, value, member_names()));
    }
    fault.member = value;
  }
  return {};
}

template <class Table, class Name>
std::string joined(const Table& table, Name name) {
  std::string text;
  for (const auto& row : table) {
    text += (text.empty() ? "" : ", ") + std::string(name(row));
  }
  return text;
}

}  // namespace

bool Fault::concerns(Endpoint endpoint) const {
  if (on) return *on == endpoint;
  return kind->reach == Reach::any_answer || endpoint == Endpoint::credential;
}

Parsed<Fault> parse_fault(const std::map<std::string, std::string>& parameters) {
  const auto kind = parse_kind(parameter(parameters, "kind"));
  if (!kind) return Error(kind.error());
  Fault fault;
  fault.kind = *kind;

  const std::string own(fault.kind->parameter);
  const auto known = known_only(parameters, {"kind", "on", "times", own});
  if (!known) return Error(known.error() + " (kind=" + std::string(fault.kind->name) + ")");

  const auto target = parse_target(*fault.kind, parameter(parameters, "on").value_or("all"));
  if (!target) return Error(target.error());
  fault.on = *target;

  const auto read =
      read_own(fault, parameter(parameters, own).value_or(std::string(fault.kind->standard)));
  if (!read) return Error(read.error());

  if (const auto times = parameter(parameters, "times")) {
    const auto stored = store(fault.times, "times",
                              parse_integer(*times, 1, std::numeric_limits<std::int32_t>::max()));
    if (!stored) return Error(stored.error());
  }
  return fault;
}

std::string fault_names() {
  return joined(fault_table(), [](const FaultKind& kind) { return kind.name; });
}

std::string target_names() {
  return "all, token, role_list, credential, region";
}

std::string member_names() {
  return joined(kMembers, [](std::string_view name) { return name; });
}

}  // namespace ramrolefs::emulator
