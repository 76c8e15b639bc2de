// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
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

/// Has `app`, the command that it is named after, parse the words that come behind it. The exit
/// status if there is no more to do: help was asked for, and is printed, or what is wrong is.
std::optional<int> parse(CLI::App& app, std::vector<std::string> words);

/// The options' names, without dashes.
std::vector<std::string> names_of_options(const CLI::App& app);

}  // namespace ramrolefs
