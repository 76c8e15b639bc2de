// SPDX-License-Identifier: Apache-2.0
// The manual pages say of each option, and of no other, what --help says.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "fusefs/environment.h"
#include "fusefs/option_table.h"
#include "fusefs/options.h"

namespace ramrolefs::unit {
namespace {

/// What is said of each name.
using Entries = std::map<std::string, std::string>;

std::set<std::string> names_of(const Entries& entries) {
  std::set<std::string> names;
  for (const auto& [name, text] : entries) names.insert(name);
  return names;
}

std::set<std::string> words_like(const std::string& text, const std::regex& form) {
  return {std::sregex_token_iterator(text.begin(), text.end(), form, 1), {}};
}

std::string help() {
  const char* words[] = {"ramrolefs", "--help"};
  return std::get<Exit>(read_options(2, words)).text;
}

/// The options in --help, each with its line; those with two names twice.
Entries options_in_help() {
  Entries entries;
  std::istringstream lines(help());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    const std::string names = line.substr(2, line.find(' ', 2) - 2);
    for (const auto& name : words_like(names, std::regex("([^,]+)"))) entries[name] = line;
  }
  return entries;
}

/// The same without dashes, those alone that may stand in the configuration file.
Entries settings_in_help() {
  Entries entries;
  for (const auto& [option, line] : options_in_help()) {
    const std::string name = option.substr(option.find_first_not_of('-'));
    Options ignored;
    const auto applied = apply_settings({{name, "", "here"}}, Unknown::refused, ignored);
    if (!applied && applied.error() == "here: no value") entries[name] = line;
  }
  return entries;
}

std::string text_of(const std::string& page) {
  std::ifstream file(RAMROLEFS_MAN "/" + page);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The entries of a section: a line of names in bold, and what is indented below it. Words stand
/// one space apart.
Entries entries_in(const std::string& page, const std::string& section) {
  Entries entries;
  std::set<std::string> names;
  std::string current;
  std::istringstream lines(text_of(page));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) current = line.substr(2);
    if (current != section) continue;
    if (line.starts_with("*")) names = words_like(line, std::regex("\\*([^*]+)\\*"));
    if (!line.starts_with("\t")) continue;
    for (const auto& name : names) entries[name] += line.substr(1) + " ";
  }
  return entries;
}

/// What --help has in brackets stands in the page behind "Default:".
void expect_same_defaults(const Entries& in_help, const Entries& in_page) {
  static const std::regex kInBrackets(R"(\[([^\]]+)\])");
  for (const auto& [name, line] : in_help) {
    const auto page = in_page.find(name);
    if (page == in_page.end()) continue;
    for (const auto& standard : words_like(line, kInBrackets)) {
      EXPECT_NE(page->second.find("Default: " + standard + "."), std::string::npos)
          << name << " is " << standard << ": " << page->second;
    }
  }
}

TEST(ManPage, OfTheProgramHasEachOptionAndNoOther) {
  const auto in_help = options_in_help();
  const auto in_page = entries_in("ramrolefs.8.scd", "OPTIONS");
  EXPECT_GT(in_help.size(), 10U);
  EXPECT_EQ(names_of(in_page), names_of(in_help));
  expect_same_defaults(in_help, in_page);
}

TEST(ManPage, OfTheProgramHasEachCommandAndNoOther) {
  const std::string page = help();
  const auto commands =
      words_like(page.substr(page.find("\nCommands")), std::regex("\n  ([a-z]+) "));
  EXPECT_FALSE(commands.empty());
  EXPECT_EQ(names_of(entries_in("ramrolefs.8.scd", "COMMANDS")), commands);
}

TEST(ManPage, OfTheProgramNamesNoOptionThatThereIsNot) {
  std::set<std::string> known = names_of(options_in_help());
  // Of the commands, of the emulator, of systemctl and of docker.
  known.insert({"--interval", "--json", "--port", "--now", "--env-file"});
  const std::regex option("(--[a-z][-a-z0-9]*)");
  for (const char* page : {"ramrolefs.8.scd", "ramrolefs.conf.5.scd"}) {
    for (const auto& word : words_like(text_of(page), option)) {
      EXPECT_TRUE(known.contains(word)) << page << ": " << word;
    }
  }
}

TEST(ManPage, OfTheConfigurationHasEachSettingAndNoOther) {
  const auto in_help = settings_in_help();
  const auto in_page = entries_in("ramrolefs.conf.5.scd", "SETTINGS");
  std::set<std::string> settings = names_of(in_help);
  EXPECT_GT(settings.size(), 8U);
  settings.insert("mount-point");
  EXPECT_EQ(names_of(in_page), settings);
  expect_same_defaults(in_help, in_page);
}

TEST(ManPage, OfTheConfigurationHasEachKeyOfAViewAndNoOther) {
  const auto keys = names_of_view_settings();
  EXPECT_EQ(names_of(entries_in("ramrolefs.conf.5.scd", "VIEWS")),
            std::set<std::string>(keys.begin(), keys.end()));
}

TEST(ManPage, OfTheProgramHasEachVariableThatIsRead) {
  EXPECT_EQ(names_of(entries_in("ramrolefs.8.scd", "ENVIRONMENT")),
            (std::set<std::string>{kRoleVariable, kHardenedVariable, kForbiddenVariable}));
}

}  // namespace
}  // namespace ramrolefs::unit
