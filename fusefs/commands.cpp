// SPDX-License-Identifier: Apache-2.0
#include "fusefs/commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fusefs/check_command.h"
#include "fusefs/exec_command.h"
#include "fusefs/option_values.h"
#include "fusefs/parse_error.h"
#include "fusefs/refresh_command.h"
#include "fusefs/status.h"
#include "fusefs/value_option.h"
#include "fusefs/wait.h"
#include "fusefs/watch.h"

namespace ramrolefs {
namespace {

using Words = std::vector<std::string>;

/// What its command line says, beside --help; the exit status if that is all there is to do.
std::optional<int> read_words(CLI::App& app, std::string& place, Words words) {
  app.add_option("MOUNTPOINT", place, "where it is mounted [the only one there is]")->type_name("");
  return parse(app, std::move(words));
}

int wait_command(const Words& words) {
  CLI::App app("Ends as soon as a credential can be read, and with 1 if none can be in time.",
               "ramrolefs wait");
  std::string place;
  Duration timeout = std::chrono::seconds(60);
  add_value_option(app, "--timeout", timeout, "SECONDS", read_duration, "how long to wait [60]");
  if (const auto status = read_words(app, place, words)) return *status;
  return wait_for_credential(place, timeout);
}

int status_command(const Words& words) {
  CLI::App app(
      "Shows how the mount fares. Ends with 0 for fresh or idle, 1 for stale but valid, 2 if "
      "nothing\n"
      "can be served or it does not answer, 3 if it is not mounted.",
      "ramrolefs status");
  std::string place;
  bool as_json = false;
  add_flag_option(app, "--json", as_json, "print .ramrolefs/status.json");
  if (const auto status = read_words(app, place, words)) return *status;
  return show_status(place, as_json);
}

int refresh_command(const Words& words) {
  CLI::App app(
      "Asks for a refresh, and says when it comes: after a read window and a second, so that it\n"
      "tears nobody's reads. For root, and whose the files are.",
      "ramrolefs refresh");
  std::string place;
  if (const auto status = read_words(app, place, words)) return *status;
  return ask_for_refresh(place);
}

int watch_command(const Words& words) {
  CLI::App app(
      "Runs a command each time that the credential has changed, for a program that reads its\n"
      "files only once: ramrolefs watch [OPTIONS] [MOUNTPOINT] -- COMMAND...",
      "ramrolefs watch");
  std::string place;
  Duration interval = std::chrono::minutes(1);
  add_value_option(app, "--interval", interval, "SECONDS", read_positive_duration,
                   "how long between two looks, each of which is a read [60]");
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (const auto status = read_words(app, place, Words(words.begin(), dashes))) return *status;
  if (words.end() - dashes < 2) {
    std::fputs("ramrolefs watch: -- COMMAND is missing\n", stderr);
    return 2;
  }
  return watch(place, interval, Words(dashes + 1, words.end()));
}

int exec_command(const Words& words) {
  CLI::App app(
      "Runs a command, without a shell, with the values of one credential in its environment:\n"
      "ramrolefs exec [MOUNTPOINT] -- COMMAND...",
      "ramrolefs exec");
  std::string place;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (const auto status = read_words(app, place, Words(words.begin(), dashes))) {
    return *status == 0 ? 0 : kExecFailed;  // 2 would be the command's
  }
  if (words.end() - dashes < 2) {
    std::fputs("ramrolefs exec: -- COMMAND is missing\n", stderr);
    return kExecFailed;
  }
  return exec_with_credential(place, Words(dashes + 1, words.end()));
}

struct Command {
  std::string_view name;
  int (*run)(const Words& words);
};

constexpr std::array<Command, 6> kCommands{{{"check", check_command},
                                            {"wait", wait_command},
                                            {"status", status_command},
                                            {"refresh", refresh_command},
                                            {"watch", watch_command},
                                            {"exec", exec_command}}};

}  // namespace

const char* const kCommandsHelp =
    "Commands (ramrolefs COMMAND --help):\n"
    "  check                       walks the way to a credential, and says what is wrong\n"
    "  wait                        ends as soon as a credential can be read\n"
    "  status                      shows how the mount fares\n"
    "  refresh                     asks for a refresh\n"
    "  watch                       runs a command after each rotation\n"
    "  exec                        runs a command with the credential in its environment";

std::vector<std::string> names_of_commands() {
  std::vector<std::string> names;
  names.reserve(kCommands.size());
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return names;
}

std::optional<int> run_command(int count, const char* const* words) {
  if (count < 2) return std::nullopt;
  const std::string_view name = words[1];
  for (const Command& command : kCommands) {
    if (command.name == name) return command.run(Words(words + 2, words + count));
  }
  return std::nullopt;
}

}  // namespace ramrolefs
