// SPDX-License-Identifier: Apache-2.0
#include "fusefs/served_files.h"

#include <algorithm>

#include "common/utc.h"

namespace ramrolefs {

const std::array<ServedFile, 6> kServedFiles{{
    {kAccessKeyId, "AccessKeyId", [](const Credential& c) { return c.access_key_id; }},
    {kAccessKeySecret, "AccessKeySecret", [](const Credential& c) { return c.access_key_secret; }},
    {Place{4}, "Expiration", [](const Credential& c) { return Secret(format_utc(c.expiration)); }},
    {Place{5}, "LastUpdated",
     [](const Credential& c) { return Secret(format_utc(c.last_updated)); }},
    {kRoleName, "RoleName", [](const Credential& c) { return Secret(c.role); }},
    {kSecurityToken, "SecurityToken", [](const Credential& c) { return c.security_token; }},
}};

const ServedFile* find_served_file(std::string_view name) {
  const auto* found = std::find_if(kServedFiles.begin(), kServedFiles.end(),
                                   [&](const ServedFile& file) { return file.name == name; });
  return found == kServedFiles.end() ? nullptr : found;
}

const ServedFile* find_served_file(Place place) {
  const auto* found = std::find_if(kServedFiles.begin(), kServedFiles.end(),
                                   [&](const ServedFile& file) { return file.place == place; });
  return found == kServedFiles.end() ? nullptr : found;
}

}  // namespace ramrolefs
