// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/parameters.h"

#include <algorithm>

namespace ramrolefs::emulator {

std::optional<std::string> parameter(const Parameters& parameters, const std::string& name) {
  const auto entry = parameters.find(name);
  return entry == parameters.end() ? std::nullopt : std::optional(entry->second);
}

Parsed<void> known_only(const Parameters& parameters, const std::vector<std::string>& known) {
  for (const auto& [name, value] : parameters) {
    if (!name.empty() && std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string names;
    for (const std::string& each : known) {
      if (!each.empty()) names += (names.empty() ? "" : ", ") + each;
    }
    return tl::unexpected(name +
                          ": no such parameter; allowed: " + (names.empty() ? "none" : names));
  }
  return {};
}

std::string not_allowed(const std::string& name, const std::optional<std::string>& value,
                        const std::string& allowed) {
  if (!value) return name + " is missing; allowed: " + allowed;
  return name + ": '" + *value + "' is not allowed; allowed: " + allowed;
}

}  // namespace ramrolefs::emulator
