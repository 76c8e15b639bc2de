// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/endpoint.h"

namespace ramrolefs::emulator {
namespace {

constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kListPath = "/latest/meta-data/ram/security-credentials";
constexpr std::string_view kRegionPath = "/latest/meta-data/region-id";

}  // namespace

Endpoint endpoint_of(std::string_view path) {
  if (path == kTokenPath) return Endpoint::token;
  if (path == kRegionPath) return Endpoint::region;
  if (!path.starts_with(kListPath)) return Endpoint::other;
  path.remove_prefix(kListPath.size());
  if (path.empty() || path == "/") return Endpoint::role_list;
  return path.front() == '/' ? Endpoint::credential : Endpoint::other;
}

std::string_view role_in(std::string_view path) {
  return path.substr(kListPath.size() + 1);
}

}  // namespace ramrolefs::emulator
