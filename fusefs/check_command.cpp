// SPDX-License-Identifier: Apache-2.0
#include "fusefs/check_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/curl_transport.h"
#include "common/host_addresses.h"
#include "fusefs/check_steps.h"
#include "fusefs/config_file.h"
#include "fusefs/environment.h"
#include "fusefs/identity.h"
#include "fusefs/option_table.h"
#include "fusefs/option_values.h"
#include "fusefs/parse_error.h"
#include "fusefs/terminal.h"
#include "fusefs/value_option.h"

namespace ramrolefs {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kName = "ramrolefs check";

int wrong(const std::string& what) {
  std::fprintf(stderr, "%s: %s (--help lists the options)\n", kName, what.c_str());
  return 2;
}

/// Reads the words into `config` and `options`; the exit status if that is all there is to do.
std::optional<int> read_words(Words words, std::string& config, Options& options) {
  CLI::App app(
      "Walks the way to a credential step by step, as a mount with these options would, and says\n"
      "what is wrong and what helps: 0 if all is well, 1 if not. Shows no secret.",
      kName);
  add_service_settings(app, options);
  add_value_option(app, "--timeout", options.server.filesystem.refresh.timeout, "SECONDS",
                   read_timeout, "how long the way may take [5]; at most 60");
  app.add_option("--config", config, "read the options of a mount from it")
      ->type_name("FILE")
      ->take_last();
  return parse(app, std::move(words));
}

/// The same, after the environment and the file that they name: they have the last word.
std::optional<int> read_all(const Words& words, Options& options) {
  std::string config;
  Options only_looked_at;
  if (const auto status = read_words(words, config, only_looked_at)) return status;
  const auto environment = read_environment();
  if (!environment) return wrong(environment.error());
  if (const auto applied = apply_settings(*environment, Unknown::refused, options); !applied) {
    return wrong(applied.error());
  }
  if (!config.empty()) {
    const auto file = read_config_file(config);
    if (!file) return wrong(file.error());
    const auto applied = apply_settings(file->settings, Unknown::refused, options);
    if (!applied) return wrong(applied.error());
  }
  return read_words(words, config, options);
}

std::string product_name() {
  std::ifstream file("/sys/class/dmi/id/product_name");
  std::string line;
  std::getline(file, line);
  return line;
}

/// The way to the service, and the steps along it.
std::vector<CheckStep> walk(const Options& options, const std::vector<std::string>& addresses) {
  const auto route = find_route(options.metadata_url, addresses);
  std::vector<CheckStep> steps{check_route(route)};
  std::vector<CheckStep> others;
  if (route) {
    const SystemClock clock;
    CurlTransport transport(options.metadata_url, addresses);
    others = check_service(transport, clock, options.server.client,
                           options.server.filesystem.refresh.timeout);
  } else {
    others = skip_service();
  }
  std::move(others.begin(), others.end(), std::back_inserter(steps));
  return steps;
}

/// The steps where the service's name leads to no address.
std::vector<CheckStep> nowhere(const std::string& why) {
  std::vector<CheckStep> steps = skip_service();
  steps.insert(steps.begin(), {CheckStep::Mark::bad, "route", why,
                               "On an instance it is at http://100.100.100.200, which needs no "
                               "name to be looked up."});
  return steps;
}

struct Sign {
  const char* text;
  const char* colour;
};

Sign sign_of(CheckStep::Mark mark) {
  switch (mark) {
    case CheckStep::Mark::good:
      return {"✓", "\033[32m"};
    case CheckStep::Mark::notable:
      return {"!", "\033[33m"};
    case CheckStep::Mark::bad:
      return {"✗", "\033[31m"};
    case CheckStep::Mark::skipped:
      break;
  }
  return {"–", "\033[2m"};
}

constexpr int kMargin = 14;

/// The words of `text` in lines that fit beside the margin.
std::vector<std::string> lines_of(const std::string& text) {
  constexpr std::size_t kWidth = 80 - kMargin;
  std::istringstream words(text);
  std::vector<std::string> lines;
  for (std::string word; words >> word;) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > kWidth) {
      lines.push_back(word);
    } else {
      lines.back() += " " + word;
    }
  }
  return lines;
}

void print(const CheckStep& step) {
  static const bool kColoured = is_coloured();
  const Sign sign = sign_of(step.mark);
  std::printf("%s%s%s %s", kColoured ? sign.colour : "", sign.text, kColoured ? "\033[0m" : "",
              step.name.c_str());
  int margin = kMargin - 2 - static_cast<int>(step.name.size());
  for (const std::string& line : lines_of(step.text)) {
    std::printf("%*s%s\n", std::exchange(margin, kMargin), "", line.c_str());
  }
  if (step.text.empty()) std::printf("\n");
  for (const std::string& line : lines_of(step.advice)) {
    std::printf("%*s%s\n", kMargin, "", line.c_str());
  }
  std::fflush(stdout);  // what comes next may take its time
}

}  // namespace

int check_command(const Words& words) {
  Options options;
  if (const auto status = read_all(words, options)) return *status;
  // What needs files, before we are another user.
  const std::string product = product_name();
  const auto addresses = host_addresses(options.metadata_url);
  const auto same_user = Identity::find().and_then(become);
  if (!same_user) {
    std::fprintf(stderr, "%s: %s\n", kName, same_user.error().c_str());
    return 1;
  }
  print(check_instance(product));
  const auto steps = addresses ? walk(options, *addresses) : nowhere(addresses.error());
  for (const CheckStep& step : steps) print(step);
  return std::any_of(steps.begin(), steps.end(),
                     [](const CheckStep& step) { return step.mark == CheckStep::Mark::bad; });
}

}  // namespace ramrolefs
