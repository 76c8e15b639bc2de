// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/emulator/values.h"

/// The parameters of a control request. Errors name the parameter and say what is allowed.
namespace ramrolefs::emulator {

using Parameters = std::map<std::string, std::string>;

std::optional<std::string> parameter(const Parameters& parameters, const std::string& name);

/// An error where a name is given that is not in `known` (of which empty ones are passed over).
Parsed<void> known_only(const Parameters& parameters, const std::vector<std::string>& known);

/// `name: 'value' is not allowed; allowed: …`, or that it is missing.
std::string not_allowed(const std::string& name, const std::optional<std::string>& value,
                        const std::string& allowed);

/// Keeps a parsed value in `place`, or puts the parameter's name before the error.
template <class T, class U>
Parsed<void> store(T& place, const std::string& name, const Parsed<U>& parsed) {
  if (!parsed) return tl::unexpected(name + ": " + parsed.error());
  place = static_cast<T>(*parsed);
  return {};
}

}  // namespace ramrolefs::emulator
