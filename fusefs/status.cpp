// SPDX-License-Identifier: Apache-2.0
#include "fusefs/status.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fusefs/status_report.h"
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
  const auto mounts = place.empty() ? count_mounts() : 1;
  const auto mount = find_mounted(place);
  if (!mount) return {mounts > 1 ? kCritical : kNotMounted, "", mount.error()};
  auto json = read_status_file(*mount);
  if (!json) return {kCritical, *mount, json.error()};
  return {0, *mount, std::move(*json), true};
}

/// Whoever serves the mount may have written anything: what steers a terminal is no part of it.
/// (In UTF-8, C1 controls are 0xc2 and a byte up to 0x9f.)
std::string printable(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (c1) text[i + 1] = '?';
    if (c1 || (byte < ' ' && byte != '\n') || byte == 0x7f) text[i] = '?';
  }
  return text;
}

/// As printable(), on one line.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', '?');
  return printable(std::move(text));
}

bool coloured() {
  const char* refused = std::getenv("NO_COLOR");  // https://no-color.org
  return (refused == nullptr || *refused == '\0') && isatty(STDOUT_FILENO) == 1;
}

void print(const std::string& mount, const ForPeople& status, const char* colour) {
  std::size_t width = 0;
  for (const auto& [name, value] : status.lines) width = std::max(width, name.size());
  const bool bright = coloured();
  std::printf("%s: %s%s%s\n", one_line(mount).c_str(), bright ? colour : "",
              one_line(status.state).c_str(), bright ? "\x1b[0m" : "");
  for (const auto& [name, value] : status.lines) {
    std::printf("  %-*s  %s\n", static_cast<int>(width), name.c_str(), one_line(value).c_str());
  }
}

int show(const Look& seen, bool as_json) {
  const auto status = read_status(seen.text);
  if (!status) {
    std::printf("%s: %s\n", one_line(seen.mount).c_str(), status.error().c_str());
    return kCritical;
  }
  const auto* const meaning =
      std::find_if(kMeanings.begin(), kMeanings.end(),
                   [&](const Meaning& it) { return to_string(it.state) == status->state; });
  if (as_json) {
    std::fputs(printable(seen.text).c_str(), stdout);
  } else {
    print(seen.mount, *status, meaning != kMeanings.end() ? meaning->colour : "");
  }
  return meaning != kMeanings.end() ? meaning->status : kCritical;
}

}  // namespace

int show_status(const std::string& place, bool as_json) {
  const auto seen = within(kPatience, [place] { return look(place); });
  if (!seen) {
    std::printf("%s: does not answer\n", place.empty() ? "the mount" : one_line(place).c_str());
    return kCritical;
  }
  if (seen->told) return show(*seen, as_json);
  std::printf("%s\n", one_line(seen->text).c_str());
  return seen->status;
}

}  // namespace ramrolefs
