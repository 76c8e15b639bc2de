// SPDX-License-Identifier: Apache-2.0
#include "fusefs/option_table.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "fusefs/option_values.h"

namespace ramrolefs {
namespace {

/// One option that takes a value: `read` turns the word into what it means, or says what is wrong.
template <typename Value>
void add(CLI::App& app, const char* name, Value& value, const char* form,
         tl::expected<Value, std::string> (*read)(const std::string&), const std::string& help) {
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

void add_refresh(CLI::App& app, Refresh::Policy& policy) {
  add(app, "--refresh-before", policy.due.refresh_before, "SECONDS", read_duration,
      "renew this long before the Expiration [1800]; at most half of a short life");
  add(app, "--max-age", policy.due.max_age, "SECONDS", read_positive_duration,
      "renew this long after the last answer, by which a swapped role is noticed [600]");
  add(app, "--patience", policy.patience, "SECONDS", read_duration,
      "how long a read waits for a newer credential while one is valid [1]");
  add(app, "--timeout", policy.timeout, "SECONDS", read_timeout,
      "how long a read waits while there is none [5]; at most 60");
}

void add_files(CLI::App& app, Filesystem::Options& files) {
  add(app, "--uid", files.access.uid, "USER", read_user, "whose the files are [the mounting user]");
  add(app, "--gid", files.access.gid, "GROUP", read_group, "their group [the mounting user's]");
  add(app, "--mode", files.access.mode, "OCTAL", read_mode, "who may read them [0400]");
  app.add_flag("--newline", files.newline, "end each value with a newline")->take_last();
}

void add_service(CLI::App& app, Options& options) {
  add(app, "--metadata-url", options.metadata_url, "URL", check_metadata_url,
      std::string("where the metadata service is [") + kMetadataUrl + "]");
  add(app, "--role", options.server.client.role, "NAME", read_role,
      "the role to ask for [the one that the instance has]");
  app.add_flag("--disable-imdsv1", options.server.client.imdsv1_disabled,
               "never ask the service without a token")
      ->take_last();
}

}  // namespace

void add_settings(CLI::App& app, Options& options) {
  add_service(app, options);
  add_refresh(app, options.server.filesystem.refresh);
  add_files(app, options.server.filesystem);
  add(app, "--log-level", options.log_level, "LEVEL", read_log_level,
      "trace, debug, info, warning, error or off [info]");
}

tl::expected<void, std::string> apply_settings(const std::vector<Setting>& settings,
                                               Unknown unknown, Options& options) {
  for (const Setting& setting : settings) {
    CLI::App app;
    app.set_help_flag();
    add_settings(app, options);
    app.add_option("--mount-point", options.mount_point);
    const std::string word = "--" + setting.name;
    const bool known = app.get_option_no_throw(word) != nullptr;
    if (!known && unknown == Unknown::left_out) continue;
    if (!known) return tl::unexpected(setting.where + ": there is no option " + setting.name);
    if (setting.value == "") return tl::unexpected(setting.where + ": no value");
    try {
      app.parse(setting.value ? std::vector{word + "=" + *setting.value} : std::vector{word});
    } catch (const CLI::ParseError& error) {
      return tl::unexpected(setting.where + ": " + error.what());
    }
  }
  return {};
}

}  // namespace ramrolefs
