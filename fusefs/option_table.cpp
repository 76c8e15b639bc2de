// SPDX-License-Identifier: Apache-2.0
#include "fusefs/option_table.h"

#include <CLI/CLI.hpp>

#include "fusefs/option_values.h"
#include "fusefs/value_option.h"

namespace ramrolefs {
namespace {

void add_refresh(CLI::App& app, Filesystem::Options& files) {
  Refresh::Policy& policy = files.refresh;
  add_value_option(app, "--refresh", files.warm, "WHEN", read_warm,
                   "lazy: when somebody reads; warm: when it is due, if it was read [lazy]");
  add_value_option(app, "--refresh-before", policy.due.refresh_before, "SECONDS", read_duration,
                   "renew this long before the Expiration [1800]; at most half of a short life");
  add_value_option(
      app, "--max-age", policy.due.max_age, "SECONDS", read_positive_duration,
      "renew this long after the last answer, by which a swapped role is noticed [600]");
  add_value_option(app, "--patience", policy.patience, "SECONDS", read_duration,
                   "how long a read waits for a newer credential while one is valid [1]");
  add_value_option(app, "--timeout", policy.timeout, "SECONDS", read_timeout,
                   "how long a read waits while there is none [5]; at most 60");
  add_value_option(app, "--read-window", files.read_window, "SECONDS", read_window,
                   "how close together reads are that get one credential [5]; 0: never mind");
  add_value_option(
      app, "--follow-after", files.follow_after, "SECONDS", read_duration,
      "how long after a rotation what is held follows [60]; eleven read windows at least");
}

void add_files(CLI::App& app, Filesystem::Options& files) {
  add_value_option(app, "--uid", files.root.access.uid, "USER", read_user,
                   "whose the files are [the mounting user]");
  add_value_option(app, "--gid", files.root.access.gid, "GROUP", read_group,
                   "their group [the mounting user's]");
  add_value_option(app, "--mode", files.root.access.mode, "OCTAL", read_mode,
                   "who may read them [0400]");
  app.add_flag("--newline", files.root.newline, "end each value with a newline")->take_last();
  app.add_flag("--audit", files.audit, "log each open of a file: by whom, and of what program")
      ->take_last();
}

void add_service(CLI::App& app, Options& options) {
  add_value_option(app, "--metadata-url", options.metadata_url, "URL", check_metadata_url,
                   std::string("where the metadata service is [") + kMetadataUrl + "]");
  add_value_option(app, "--role", options.server.client.role, "NAME", read_role,
                   "the role to ask for [the one that the instance has]");
  app.add_flag("--disable-imdsv1", options.server.client.imdsv1_disabled,
               "never ask the service without a token")
      ->take_last();
}

}  // namespace

void add_settings(CLI::App& app, Options& options) {
  add_service(app, options);
  add_refresh(app, options.server.filesystem);
  add_files(app, options.server.filesystem);
  add_value_option(app, "--log-level", options.log_level, "LEVEL", read_log_level,
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
