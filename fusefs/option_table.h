// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/options.h"
#include "fusefs/setting.h"

namespace CLI {  // NOLINT(readability-identifier-naming): that of CLI11
class App;
}

namespace ramrolefs {

/// Defines the options that may also stand in the configuration file and in `-o`: each with its
/// name, what it allows, its default and its help. Parsing then writes to `options`, which must
/// outlive `app`.
void add_settings(CLI::App& app, Options& options);

/// Those of them that say how the metadata service is asked, and not how long it is waited for.
void add_service_settings(CLI::App& app, Options& options);

enum class Unknown { refused, left_out };

/// Writes the settings to `options`, one after another. The error is a sentence for people that
/// names the place.
tl::expected<void, std::string> apply_settings(const std::vector<Setting>& settings,
                                               Unknown unknown, Options& options);

/// The same for a view, which has some of the options and `templates`, with what its section says.
tl::expected<void, std::string> apply_view_settings(const std::vector<Setting>& settings,
                                                    Contents& contents);

/// The names that may stand in the section of a view.
std::vector<std::string> names_of_view_settings();

}  // namespace ramrolefs
