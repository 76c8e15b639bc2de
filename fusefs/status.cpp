// SPDX-License-Identifier: Apache-2.0
#include "fusefs/status.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "common/printable.h"
#include "fusefs/status_report.h"
#include "fusefs/terminal.h"
#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

constexpr std::chrono::seconds kPatience{5};

// Exit statuses, as monitoring takes them: fine, warning, critical, unknown.
constexpr int kCritical = 2;
constexpr int kNotMounted = 3;

/// What each state comes to, and the terminal's colour for it.
struct Meaning {
  State state;
  int status;
  const char* colour;
};
constexpr std::array<Meaning, 4> kMeanings{{{State::fresh, 0, "\x1b[32m"},
                                            {State::idle, 0, "\x1b[36m"},
                                            {State::stale, 1, "\x1b[33m"},
                                            {State::failed, kCritical, "\x1b[31m"}}};

struct Look {
  int status = kCritical;
  std::string mount;
  std::string text;  // status.json, or a sentence if that is not there
  bool told = false;
};

Look look(const std::string& place) {
  const auto mount = find_mounted(place);
  if (!mount) {
    const bool several = place.empty() && count_mounts() > 1;
    return {several ? kCritical : kNotMounted, "", mount.error()};
  }
  auto json = read_status_file(*mount);
  if (!json) return {kCritical, *mount, json.error()};
  return {0, *mount, std::move(*json), true};
}

/// The document, of which whoever serves the mount may have written anything: what steers a
/// terminal is no part of it, but line ends are.
std::string printable_lines(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += printable(std::string_view(text).substr(begin, end - begin));
    if (end < text.size()) result += '\n';
    begin = end + 1;
  }
  return result;
}

void print(const std::string& mount, const ForPeople& status, const char* colour) {
  std::size_t width = 0;
  for (const auto& [name, value] : status.lines) width = std::max(width, name.size());
  const bool bright = is_coloured();
  std::printf("%s: %s%s%s\n", printable(mount).c_str(), bright ? colour : "",
              printable(status.state).c_str(), bright ? "\x1b[0m" : "");
  for (const auto& [name, value] : status.lines) {
    std::printf("  %-*s  %s\n", static_cast<int>(width), name.c_str(), printable(value).c_str());
  }
}

int show(const Look& seen, bool as_json) {
  const auto status = read_status(seen.text);
  if (!status) {
    std::printf("%s: %s\n", printable(seen.mount).c_str(), status.error().c_str());
    return kCritical;
  }
  const auto* const meaning =
      std::find_if(kMeanings.begin(), kMeanings.end(),
                   [&](const Meaning& it) { return to_string(it.state) == status->state; });
  if (as_json) {
    std::fputs(printable_lines(seen.text).c_str(), stdout);
  } else {
    print(seen.mount, *status, meaning != kMeanings.end() ? meaning->colour : "");
  }
  return meaning != kMeanings.end() ? meaning->status : kCritical;
}

}  // namespace

int show_status(const std::string& place, bool as_json) {
  const auto seen = within(kPatience, [place] { return look(place); });
  if (!seen) {
    std::printf("%s: does not answer\n", place.empty() ? "the mount" : printable(place).c_str());
    return kCritical;
  }
  if (seen->told) return show(*seen, as_json);
  std::printf("%s\n", printable(seen->text).c_str());
  return seen->status;
}

}  // namespace ramrolefs
