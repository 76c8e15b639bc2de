// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/setting.h"

namespace ramrolefs {

/// Reads a configuration file, which is TOML (toml.io): `name = value` lines with the names of the
/// options. A text, a number or true is the option's value; false leaves a flag out. Whether there
/// is such an option, and what it allows, is not looked at. A file has 32 KiB at most. The error is
/// a sentence for people that names the file and the line.
tl::expected<std::vector<Setting>, std::string> read_config_file(const std::string& path);

}  // namespace ramrolefs
