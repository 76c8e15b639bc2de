// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): that of CLI11
class App;
class ParseError;
}  // namespace CLI

namespace ramrolefs {

/// What is wrong with the words that `app` was to parse, as a sentence for people: with the nearest
/// option where there is none of that name.
std::string explain(const CLI::App& app, const CLI::ParseError& error);

/// The options' names, without dashes.
std::vector<std::string> names_of_options(const CLI::App& app);

}  // namespace ramrolefs
