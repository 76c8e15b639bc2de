// SPDX-License-Identifier: Apache-2.0
#include "fusefs/status.h"

#include <chrono>
#include <cstdio>

#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

constexpr std::chrono::seconds kPatience{5};

struct Look {
  int status;
  std::string text;
};

Look look(const std::string& place) {
  const auto mount = find_mounted(place);
  if (!mount) return {3, mount.error()};
  const auto answered = answers(*mount);
  if (!answered) return {2, answered.error()};
  return {0, *mount + ": answers"};
}

}  // namespace

int show_status(const std::string& place) {
  const auto seen = within(kPatience, [place] { return look(place); });
  if (!seen) {
    std::printf("%s: does not answer\n", place.empty() ? "the mount" : place.c_str());
    return 2;
  }
  std::printf("%s\n", seen->text.c_str());
  return seen->status;
}

}  // namespace ramrolefs
