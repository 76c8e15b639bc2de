// SPDX-License-Identifier: Apache-2.0
#include "fusefs/served_files.h"

#include <algorithm>

#include "common/utc.h"
#include "fusefs/formats.h"
#include "fusefs/templates.h"

namespace ramrolefs {

const std::array<ServedFile, 11> kServedFiles{{
    {kAccessKeyId, "AccessKeyId", true,
     [](const Rendering& of) { return of.credential.access_key_id; }},
    {kAccessKeySecret, "AccessKeySecret", true,
     [](const Rendering& of) { return of.credential.access_key_secret; }},
    {Place{4}, "Expiration", true,
     [](const Rendering& of) { return Secret(format_utc(of.credential.expiration)); }},
    {Place{5}, "LastUpdated", true,
     [](const Rendering& of) { return Secret(format_utc(of.credential.last_updated)); }},
    {kRoleName, "RoleName", true, [](const Rendering& of) { return Secret(of.credential.role); }},
    {kSecurityToken, "SecurityToken", true,
     [](const Rendering& of) { return of.credential.security_token; }},
    {Place{9}, "config.json", false, config_json, /*per_directory=*/true},
    {Place{11}, "credentials", false, credentials_ini},
    {Place{8}, "credentials.json", false, credentials_json},
    {Place{12}, "env", false, environment},
    {Place{10}, "external.json", false, external_json},
}};

tl::expected<Secret, std::string> render(const ServedFile& file, const Rendering& rendering) {
  if (file.made_of == nullptr) return file.render(rendering);
  Secret text = render_template(*file.made_of, rendering);
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  if (text.size() > kMost) return tl::unexpected(std::string("it is larger than 1 MiB"));
  return text;
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
