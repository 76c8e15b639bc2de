// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/setting.h"

namespace ramrolefs {

struct ConfigFile {
  std::vector<Setting> settings;
  std::vector<ViewSection> views;  // by name
};

/// Reads a configuration file, which is TOML (toml.io): `name = value` lines with the names of the
/// options, then sections `[view.NAME]` with such lines. A text, a number or true is the option's
/// value; false leaves a flag out; a list of names has a ':' between two. Whether there is such an
/// option, and what it allows, is not looked at. A file has 32 KiB at most. The error is a sentence
/// for people that names the file and the line.
tl::expected<ConfigFile, std::string> read_config_file(const std::string& path);

}  // namespace ramrolefs
