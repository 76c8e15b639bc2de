// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/family.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace ramrolefs::e2e {
namespace {

/// 0 where there is no such process any more.
pid_t parent_of(pid_t process) {
  const std::string stat = of_process(process, "stat");
  // The name in parentheses may hold anything (proc(5)).
  std::istringstream rest(stat.substr(stat.rfind(')') + 1));
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

}  // namespace

std::vector<pid_t> all_processes() {
  std::vector<pid_t> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc() && *end == '\0') all.push_back(process);
  }
  return all;
}

std::string of_process(pid_t process, const std::string& file) {
  std::ifstream stream("/proc/" + std::to_string(process) + "/" + file);
  std::ostringstream text;
  text << stream.rdbuf();  // which throws nothing if the process ends meanwhile
  return text.str();
}

std::vector<pid_t> family_of(pid_t ancestor) {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t process : all_processes()) children.emplace(parent_of(process), process);
  std::vector<pid_t> family{ancestor};
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto [begin, end] = children.equal_range(family[i]);
    std::transform(begin, end, std::back_inserter(family), [](const auto& c) { return c.second; });
  }
  return family;
}

}  // namespace ramrolefs::e2e
