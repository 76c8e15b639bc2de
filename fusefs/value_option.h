// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "fusefs/option_values.h"

namespace ramrolefs {

/// Defines an option that has no value, or true or false. `value` must outlive `app`.
inline void add_flag_option(CLI::App& app, const char* name, bool& value, const std::string& help) {
  const auto check = [](const std::string& word) -> std::string {
    const auto read = read_boolean(word);
    return read ? "" : "'" + word + "': " + read.error();
  };
  app.add_flag(name, value, help)->take_last()->check(check, "");
}

/// Defines an option that takes a value: `read` turns the word into what it means, or says what is
/// wrong. `value` must outlive `app`. To be included by who defines options, as CLI11 is large.
template <typename Value>
void add_value_option(CLI::App& app, const char* name, Value& value, const char* form,
                      tl::expected<Value, std::string> (*read)(const std::string&),
                      const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [&value, read, name](const std::string& word) {
           auto read_value = read(word);
           if (!read_value) {
             throw CLI::ValidationError(name, "'" + word + "': " + read_value.error());
           }
           value = std::move(*read_value);
         },
         help)
      ->type_name(form)
      ->take_last();
}

}  // namespace ramrolefs
