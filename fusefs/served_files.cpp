// SPDX-License-Identifier: Apache-2.0
#include "fusefs/served_files.h"

#include <algorithm>

#include "common/utc.h"

namespace ramrolefs {

const std::array<ServedFile, 6> kServedFiles{{
    {kAccessKeyId, "AccessKeyId", true,
     [](const Rendering& r) { return r.credential.access_key_id; }},
    {kAccessKeySecret, "AccessKeySecret", true,
     [](const Rendering& r) { return r.credential.access_key_secret; }},
    {Place{4}, "Expiration", true,
     [](const Rendering& r) { return Secret(format_utc(r.credential.expiration)); }},
    {Place{5}, "LastUpdated", true,
     [](const Rendering& r) { return Secret(format_utc(r.credential.last_updated)); }},
    {kRoleName, "RoleName", true, [](const Rendering& r) { return Secret(r.credential.role); }},
    {kSecurityToken, "SecurityToken", true,
     [](const Rendering& r) { return r.credential.security_token; }},
}};

tl::expected<Secret, std::string> render(const ServedFile& file, const Rendering& rendering) {
  return file.render(rendering);
}

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
