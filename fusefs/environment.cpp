// SPDX-License-Identifier: Apache-2.0
#include "fusefs/environment.h"

#include <cstdlib>

#include "fusefs/option_values.h"

namespace ramrolefs {
namespace {

std::string value_of(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets one
  return value != nullptr ? value : "";
}

/// Written in any case, as the SDKs take it.
tl::expected<bool, std::string> is_true(const char* name) {
  const std::string value = value_of(name);
  if (value.empty()) return false;
  auto read = read_boolean(value);
  if (!read) return tl::unexpected(std::string(name) + ": '" + value + "': " + read.error());
  return *read;
}

}  // namespace

tl::expected<std::vector<Setting>, std::string> read_environment() {
  const auto forbidden = is_true(kForbiddenVariable);
  if (!forbidden) return tl::unexpected(forbidden.error());
  if (*forbidden) {
    return tl::unexpected(std::string(kForbiddenVariable) +
                          " is true in the environment, so the metadata service is not to be "
                          "asked; unset it to mount");
  }
  const auto hardened = is_true(kHardenedVariable);
  if (!hardened) return tl::unexpected(hardened.error());
  std::vector<Setting> settings;
  if (*hardened) settings.push_back({"disable-imdsv1", "true", kHardenedVariable});
  if (auto role = value_of(kRoleVariable); !role.empty())
    settings.push_back({"role", role, kRoleVariable});
  return settings;
}

}  // namespace ramrolefs
