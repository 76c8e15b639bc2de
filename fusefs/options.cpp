// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <sstream>
#include <string_view>

#include "common/metadata_answer.h"
#include "fusefs/option_values.h"
#include "fusefs/version.h"

namespace ramrolefs {
namespace {

constexpr const char* kDescription =
    "Mounts the credential of this ECS instance's RAM role as files, refreshed from the metadata\n"
    "service when they are read. Returns when the mount answers; SIGTERM or SIGINT unmounts.";

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

void add_process(CLI::App& app, Options& options) {
  app.add_flag("-f,--foreground", options.foreground, "stay in the foreground, log to the terminal")
      ->take_last();
  add(app, "--log-level", options.log_level, "LEVEL", read_log_level,
      "trace, debug, info, warning, error or off [info]");
}

Exit wrong(const std::string& what) {
  return Exit{2, "ramrolefs: " + what + " (ramrolefs --help lists the options)\n"};
}

/// CLI11 takes `--role=` (an unset variable in a script, say) for an option whose value is the next
/// word, and would eat the mount point.
std::optional<std::string> find_without_value(int count, const char* const* words) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word.starts_with("--") && word.find('=') == word.size() - 1) return std::string(word);
  }
  return std::nullopt;
}

}  // namespace

std::variant<Options, Exit> read_options(int count, const char* const* words) {
  Options options;
  options.server.filesystem.access = {geteuid(), getegid(), 0400};

  CLI::App app(kDescription, "ramrolefs");
  app.get_formatter()->column_width(30);
  app.set_version_flag("--version", std::string("ramrolefs ") + kVersion);
  app.add_option("MOUNTPOINT", options.mount_point,
                 "the directory to mount on; as root a missing last part is created")
      ->required()
      ->type_name("");
  add_service(app, options);
  add_refresh(app, options.server.filesystem.refresh);
  add_files(app, options.server.filesystem);
  add_process(app, options);
  if (const auto word = find_without_value(count, words)) return wrong(*word + ": no value");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return wrong(error.what());
    std::ostringstream text;
    app.exit(error, text, text);
    return Exit{0, text.str()};
  }
  return options;
}

}  // namespace ramrolefs
