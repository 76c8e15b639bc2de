// SPDX-License-Identifier: Apache-2.0
#include "fusefs/template_variables.h"

#include <algorithm>

#include "common/utc.h"

namespace ramrolefs {

// Tokens of STS had less than 1 KiB when this was written; it says that they may grow.
const std::array<TemplateVariable, 8> kTemplateVariables{{
    {"AccessKeyId", 128, [](const Rendering& from) { return from.credential.access_key_id; }},
    {"AccessKeySecret", 128,
     [](const Rendering& from) { return from.credential.access_key_secret; }},
    {"Expiration", 128,
     [](const Rendering& from) { return Secret(format_utc(from.credential.expiration)); }},
    {"LastUpdated", 128,
     [](const Rendering& from) { return Secret(format_utc(from.credential.last_updated)); }},
    {"MountPoint", 128, [](const Rendering& from) { return Secret(from.mount_point); }},
    {"Region", 128, [](const Rendering& from) { return Secret(from.region); }},
    {"RoleName", 128, [](const Rendering& from) { return Secret(from.credential.role); }},
    {"SecurityToken", 4096, [](const Rendering& from) { return from.credential.security_token; }},
}};

const TemplateVariable* find_template_variable(std::string_view name) {
  const auto* found =
      std::find_if(kTemplateVariables.begin(), kTemplateVariables.end(),
                   [&](const TemplateVariable& variable) { return variable.name == name; });
  return found == kTemplateVariables.end() ? nullptr : found;
}

std::string template_variable_names() {
  std::string names;
  for (const TemplateVariable& variable : kTemplateVariables) {
    if (!names.empty()) names += ", ";
    names += variable.name;
  }
  return names;
}

}  // namespace ramrolefs
