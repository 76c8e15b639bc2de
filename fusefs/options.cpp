// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options.h"

#include <fuse_lowlevel.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "common/curl_transport.h"
#include "common/nearest.h"
#include "fusefs/commands.h"
#include "fusefs/config_file.h"
#include "fusefs/environment.h"
#include "fusefs/mount_options.h"
#include "fusefs/option_table.h"
#include "fusefs/parse_error.h"
#include "fusefs/templates.h"
#include "fusefs/value_option.h"
#include "fusefs/version.h"
#include "fusefs/view_sections.h"

namespace ramrolefs {
namespace {

constexpr const char* kDescription =
    "Mounts the credential of this ECS instance's RAM role as files, refreshed from the metadata\n"
    "service when they are read. Returns when the mount answers; SIGTERM or SIGINT unmounts.";

/// Of the program, and of the libraries that it runs with.
std::string versions() {
  return std::string("ramrolefs ") + version() + "\nlibfuse   " + fuse_pkgversion() +
         "\nlibcurl   " + libcurl_version();
}

/// What the command line says beside the settings.
struct Line {
  std::vector<std::string> places;  // [SOURCE] MOUNTPOINT
  std::string config;
  std::string mount_options;
  bool sloppy = false;  // unknown settings are left out
};

/// The usage line, in which CLI11 would count the words that a positional takes.
class Help : public CLI::Formatter {
 public:
  std::string make_option_usage(const CLI::Option* option) const override {
    return "[SOURCE] " + option->get_name(/*positional=*/true);
  }
};

/// The words that people type.
void add_words(CLI::App& app, Line& line, Options& options) {
  app.add_option("MOUNTPOINT", line.places,
                 "the directory to mount on; as root a missing last part is created. A word before "
                 "it is what tables of mounts show as the device")
      ->expected(0, 2)
      ->type_name("");
  add_settings(app, options);
  add_flag_option(app, "-f,--foreground", options.foreground,
                  "stay in the foreground, log to the terminal");
  app.add_option("--config", line.config, "read options from it: lines of NAME = \"VALUE\"")
      ->type_name("FILE")
      ->take_last();
  app.add_option("-o", line.mount_options, "options as mount(8) writes them: NAME=VALUE,NAME,...")
      ->type_name("LIST")
      ->join(',');
}

/// The words by which mount(8) calls its helpers.
void add_words_of_mount(CLI::App& app, Line& line, Options& options) {
  app.add_option("DIRECTORY", line.places)->expected(2)->type_name("");
  app.add_flag("-s", line.sloppy, "leave out unknown options");
  app.add_flag("-f", options.fake, "do all but mount");
  app.add_flag("-n,-v")->description("accepted, without effect");
  app.add_option("-N")->description("accepted, without effect");
  app.add_option("-t")->description("accepted, without effect");
  app.add_option("-o", line.mount_options, "options: NAME=VALUE,NAME,...")->join(',');
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

bool is_helper(const char* program) {
  return std::filesystem::path(program).filename().string().starts_with("mount.");
}

/// Reads the words of the command line into `line` and `options`; the Exit if that is all to do.
std::optional<Exit> read_words(int count, const char* const* words, Line& line, Options& options) {
  CLI::App app(kDescription, "ramrolefs");
  app.formatter(std::make_shared<Help>());
  app.get_formatter()->column_width(30);
  if (!is_helper(words[0])) app.footer(kCommandsHelp);
  app.set_version_flag("--version", versions);
  (is_helper(words[0]) ? add_words_of_mount : add_words)(app, line, options);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return wrong(explain(app, error));
    std::ostringstream text;
    app.exit(error, text, text);
    return Exit{0, text.str()};
  }
  return std::nullopt;
}

/// Of a command that was mistyped: it would go for a mount point, which root has made. Empty for
/// what can be none.
std::string nearest_command(const Line& line) {
  if (line.places.size() != 1) return "";
  const std::string& word = line.places.front();
  std::error_code ignored;
  if (word.find('/') != std::string::npos || std::filesystem::exists(word, ignored)) return "";
  const std::string command = nearest(word, names_of_commands());
  return command.find("did you mean") != std::string::npos ? command : "";
}

/// What is said elsewhere than on the command line.
struct Said {
  std::vector<Setting> settings;  // what counts less comes first
  std::vector<ViewSection> views;
};

/// Applies settings, and keeps them.
tl::expected<void, std::string> take(std::vector<Setting> settings, Unknown unknown, Said& said,
                                     Options& options) {
  if (auto done = apply_settings(settings, unknown, options); !done) return done;
  std::move(settings.begin(), settings.end(), std::back_inserter(said.settings));
  return {};
}

/// Reads the environment, the configuration file and the list of -o that the line names.
tl::expected<void, std::string> read_elsewhere(const Line& line, Said& said, Options& options) {
  auto mount_options = read_mount_options(line.mount_options);
  if (!mount_options) return tl::unexpected(mount_options.error());
  options.kernel_options = std::move(mount_options->kernel);

  auto& listed = mount_options->settings;
  std::string config = line.config;
  std::erase_if(listed, [&](const Setting& setting) {
    if (setting.name != "config") return false;
    if (config.empty()) config = setting.value.value_or("");
    return true;
  });
  auto environment = read_environment();
  if (!environment) return tl::unexpected(environment.error());
  auto done = take(std::move(*environment), Unknown::refused, said, options);
  if (done && !config.empty()) {
    auto file = read_config_file(config);
    if (!file) return tl::unexpected(file.error());
    said.views = std::move(file->views);
    done = take(std::move(file->settings), Unknown::refused, said, options);
  }
  if (!done) return done;
  return take(std::move(listed), line.sloppy ? Unknown::left_out : Unknown::refused, said, options);
}

/// Absolute, without links but for the last part: that may be this very mount, which would have to
/// answer what it is.
std::string absolute(const std::string& mount_point) {
  std::error_code error;
  const auto normal = std::filesystem::absolute(mount_point, error).lexically_normal();
  const auto whole = normal.has_filename() ? normal : normal.parent_path();
  const auto parent = std::filesystem::weakly_canonical(whole.parent_path(), error);
  return error ? whole.string() : (parent / whole.filename()).string();
}

/// What follows from several options, once all are read.
tl::expected<void, std::string> complete(const Said& said, Options& options) {
  auto& files = options.server.filesystem;
  files.role = options.server.client.role;
  files.mount_point = absolute(options.mount_point);
  auto templates = read_templates(options.template_dir, options.template_dir != kTemplateDirectory);
  if (!templates) return tl::unexpected(templates.error());
  files.templates = std::move(*templates);
  if (auto done = add_views(said.views, options); !done) return done;
  return check_contents(said.settings, said.views, options);
}

/// What would be logged must not be left out.
std::optional<Exit> check_audit(const Options& options) {
  if (!options.server.filesystem.audit || options.log_level <= log::Level::info)
    return std::nullopt;
  return wrong("--audit: its lines are of the level info, which --log-level leaves out");
}

std::variant<Options, Exit> read_all(int count, const char* const* words) {
  if (const auto word = find_without_value(count, words)) return wrong(*word + ": no value");
  Line line;
  Options only_looked_at;
  if (auto exit = read_words(count, words, line, only_looked_at)) return *exit;
  if (const std::string near = nearest_command(line); !near.empty() && !is_helper(words[0])) {
    const std::string& word = line.places.front();
    return wrong("there is no command " + word + near + " A mount point is written ./" + word);
  }
  Options options;
  Said said;
  options.server.filesystem.root.access = {geteuid(), getegid(), 0400};
  options.by_mount = is_helper(words[0]);
  if (const auto done = read_elsewhere(line, said, options); !done) return wrong(done.error());

  Line again;  // the command line has the last word
  if (auto exit = read_words(count, words, again, options)) return *exit;
  if (!line.places.empty()) options.mount_point = line.places.back();
  if (line.places.size() == 2) options.source = line.places.front();
  if (options.mount_point.empty()) return wrong("MOUNTPOINT is missing");
  if (const auto done = complete(said, options); !done) return wrong(done.error());
  if (auto exit = check_audit(options)) return *exit;
  return options;
}

}  // namespace

std::variant<Options, Exit> read_options(int count, const char* const* words) {
  auto result = read_all(count, words);
  auto* exit = std::get_if<Exit>(&result);
  if (exit != nullptr && exit->status == 2 && is_helper(words[0])) exit->status = 1;
  return result;
}

}  // namespace ramrolefs
