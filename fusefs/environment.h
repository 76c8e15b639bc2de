// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/setting.h"

namespace ramrolefs {

// Variables by which the official SDKs are told what our options tell us.
inline constexpr const char* kRoleVariable = "ALIBABA_CLOUD_ECS_METADATA";
inline constexpr const char* kHardenedVariable = "ALIBABA_CLOUD_IMDSV1_DISABLED";
inline constexpr const char* kForbiddenVariable = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";

/// What they say; one that is empty says nothing. The error is a sentence for people that names the
/// variable, also where kForbiddenVariable is true: the metadata service is not to be asked, so
/// there is nothing to mount.
tl::expected<std::vector<Setting>, std::string> read_environment();

}  // namespace ramrolefs
