// SPDX-License-Identifier: Apache-2.0
#include "fusefs/option_table.h"

#include <CLI/CLI.hpp>

#include "common/nearest.h"
#include "fusefs/option_values.h"
#include "fusefs/parse_error.h"
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

/// What the root and a view have, with what is said where an option is left out.
struct Defaults {
  const char* uid;
  const char* gid;
};

void add_contents(CLI::App& app, Contents& contents, const Defaults& defaults) {
  add_value_option(app, "--uid", contents.access.uid, "USER", read_user,
                   std::string("whose the files are [") + defaults.uid + "]");
  add_value_option(app, "--gid", contents.access.gid, "GROUP", read_group,
                   std::string("their group [") + defaults.gid + "]");
  add_value_option(app, "--mode", contents.access.mode, "OCTAL", read_mode,
                   "who may read them [0400]");
  add_flag_option(app, "--newline", contents.newline, "end each value with a newline");
  add_value_option(app, "--files", contents.files, "LIST", read_file_list,
                   "which there are, with a comma or colon between two names, or none [all]");
}

void add_view(CLI::App& app, Contents& contents) {
  add_contents(app, contents, {"the root's", "the root's"});
  add_value_option(app, "--templates", contents.templates, "LIST", read_file_list,
                   "which of those that are made of templates, beside what --files names");
}

void add_files(CLI::App& app, Options& options) {
  auto& files = options.server.filesystem;
  add_contents(app, files.root, {"the mounting user", "the mounting user's"});
  add_value_option(app, "--template-dir", options.template_dir, "DIR", read_template_directory,
                   std::string("where templates of files are [") + kTemplateDirectory + "]");
  add_value_option(app, "--region", files.region, "REGION", read_region,
                   "the region that config.json names [the instance's]");
  add_value_option(app, "--status-mode", files.status_mode, "OCTAL", read_mode,
                   "who may read what is in .ramrolefs [0444]");
  add_flag_option(app, "--audit", files.audit,
                  "log each open of a file: by whom, and of what program");
}

/// Parses a setting as the option of that name, if `app` has one. The error is a sentence that
/// names the place.
tl::expected<void, std::string> apply(const Setting& setting, Unknown unknown, CLI::App& app) {
  const std::string word = "--" + setting.name;
  const bool known = app.get_option_no_throw(word) != nullptr;
  if (!known && unknown == Unknown::left_out) return {};
  if (!known) {
    return tl::unexpected(setting.where + ": there is no option " + setting.name +
                          nearest(setting.name, names_of_options(app)));
  }
  if (setting.value == "") return tl::unexpected(setting.where + ": no value");
  try {
    app.parse(setting.value ? std::vector{word + "=" + *setting.value} : std::vector{word});
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(setting.where + ": " + explain(app, error));
  }
  return {};
}

}  // namespace

void add_service_settings(CLI::App& app, Options& options) {
  add_value_option(app, "--metadata-url", options.metadata_url, "URL", check_metadata_url,
                   std::string("where the metadata service is [") + kMetadataUrl + "]");
  add_value_option(app, "--role", options.server.client.role, "NAME", read_role,
                   "the role to ask for [the one that the instance has]");
  add_flag_option(app, "--disable-imdsv1", options.server.client.imdsv1_disabled,
                  "never ask the service without a token");
}

void add_settings(CLI::App& app, Options& options) {
  add_service_settings(app, options);
  add_refresh(app, options.server.filesystem);
  add_files(app, options);
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
    if (auto done = apply(setting, unknown, app); !done) return done;
  }
  return {};
}

tl::expected<void, std::string> apply_view_settings(const std::vector<Setting>& settings,
                                                    Contents& contents) {
  for (const Setting& setting : settings) {
    CLI::App app;
    app.set_help_flag();
    add_view(app, contents);
    if (auto done = apply(setting, Unknown::refused, app); !done) return done;
  }
  return {};
}

std::vector<std::string> names_of_view_settings() {
  CLI::App app;
  app.set_help_flag();
  Contents ignored;
  add_view(app, ignored);
  return names_of_options(app);
}

}  // namespace ramrolefs
