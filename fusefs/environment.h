// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/setting.h"

namespace ramrolefs {

/// What the variables say by which the official SDKs are told the same things. Only
/// ALIBABA_CLOUD_ECS_METADATA, ALIBABA_CLOUD_IMDSV1_DISABLED and
/// ALIBABA_CLOUD_ECS_METADATA_DISABLED are looked at; one that is empty says nothing. The error, a
/// sentence for people that names the variable, is also for the last one where it is true: the
/// metadata service is not to be asked, so there is nothing to mount.
tl::expected<std::vector<Setting>, std::string> read_environment();

}  // namespace ramrolefs
