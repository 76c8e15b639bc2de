// SPDX-License-Identifier: Apache-2.0
#include "fusefs/status_report.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "fusefs/option_table.h"
#include "fusefs/options_in_force.h"

namespace ramrolefs::unit {
namespace {

using Json = nlohmann::ordered_json;

/// Text in which everything is that must not be in a line, in quotes, or on a terminal.
constexpr const char* kHostile = "/a \"b\" \\ \n \x1b[31m \xff";

Status a_status() {
  Status status;
  status.version = "1.2";
  status.mount_point = kHostile;
  status.in_hand = {"a-role", 3, {}, std::chrono::seconds(21540), {}};
  status.last_error = {Cause::timed_out, kHostile, {}, 2, false};
  status.fetched.emplace();
  status.clock_skew.emplace(1);
  status.options = {{"max-age", "600"}};
  return status;
}

TEST(StatusReport, HasTheDocumentedMembersInTheirOrder) {
  const std::vector<std::string> documented{"version",
                                            "mount_point",
                                            "since",
                                            "state",
                                            "role",
                                            "generation",
                                            "fetched",
                                            "expiration",
                                            "valid_for_seconds",
                                            "next_due",
                                            "last_error",
                                            "flights",
                                            "readers_parked",
                                            "takeovers",
                                            "back_off_seconds",
                                            "clock_skew_seconds",
                                            "options"};
  for (const Status& status : {Status{}, a_status()}) {
    std::vector<std::string> names;
    const Json json = Json::parse(to_json(status));
    for (const auto& [name, value] : json.items()) names.push_back(name);
    EXPECT_EQ(names, documented) << "what is there or not, monitoring finds the same";
  }
}

TEST(StatusReport, IsPrintableWhateverNamesHold) {
  for (const char c : to_json(a_status())) EXPECT_TRUE((c >= ' ' && c < 0x7f) || c == '\n') << c;
}

TEST(StatusReport, MetricsStandOneOnALine) {
  const std::string metrics = to_metrics(a_status());
  EXPECT_NE(metrics.find("ramrolefs_info{mount_point=\"/a \\\"b\\\" \\\\ \\n "), std::string::npos)
      << metrics;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with("ramrolefs_") || line.starts_with("# ")) << line;
  }
}

/// The names of metrics in a text, without what a histogram or its quantiles add.
std::set<std::string> metrics_in(const std::string& text) {
  const std::regex form("(ramrolefs_[a-z_]+[a-z])");
  std::set<std::string> names;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), form); it != std::sregex_iterator();
       ++it) {
    names.insert(std::regex_replace(it->str(), std::regex("_(bucket|sum|count)$"), ""));
  }
  return names;
}

std::string text_of(const std::string& path) {
  std::ifstream file(RAMROLEFS_MAN "/../" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(StatusReport, WhatDashboardAndAlertsNameIsThereAndAllOfItIsDocumented) {
  const auto there = metrics_in(to_metrics(a_status()));
  for (const std::string path : {"grafana/ramrolefs.json", "prometheus/ramrolefs.rules.yml"}) {
    const auto named = metrics_in(text_of(path));
    EXPECT_GE(named.size(), 4U) << path;
    for (const auto& name : named) EXPECT_EQ(there.count(name), 1U) << path << ": " << name;
  }
  EXPECT_EQ(metrics_in(text_of("man/ramrolefs.8.scd")), there);
}

TEST(StatusReport, IsReadBackForPeople) {
  const auto read = read_status(to_json(a_status()));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->state, "idle");
  const std::pair<std::string, std::string> until{"valid until",
                                                  "1970-01-01T00:00:00Z, for 5 h 59 min"};
  EXPECT_EQ(read->lines.at(1), until);
}

TEST(StatusReport, ReadsNothingThatIsNoStatus) {
  for (const char* text : {"", "{", "[]", "null", "{}", R"({"state":null})"}) {
    EXPECT_FALSE(read_status(text)) << text;
  }
  const auto odd = read_status(R"({"state":"new","last_error":3,"flights":[],"role":{"a":1}})");
  ASSERT_TRUE(odd) << "another version may tell other things";
  EXPECT_EQ(odd->state, "new");
}

TEST(OptionsInForce, AreAllThatThereAre) {
  Options options;
  CLI::App app;
  app.set_help_flag();
  add_settings(app, options);
  std::set<std::string> told;
  for (const auto& [name, value] : options_in_force(options)) told.insert("--" + name);
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    EXPECT_EQ(told.count(name), 1U) << name;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
