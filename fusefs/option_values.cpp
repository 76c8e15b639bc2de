// SPDX-License-Identifier: Apache-2.0
#include "fusefs/option_values.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "common/metadata_answer.h"
#include "common/nearest.h"
#include "fusefs/options.h"

namespace ramrolefs {
namespace {

constexpr std::array<std::pair<const char*, log::Level>, 6> kLevels{{
    {"trace", log::Level::trace},
    {"debug", log::Level::debug},
    {"info", log::Level::info},
    {"warning", log::Level::warning},
    {"error", log::Level::error},
    {"off", log::Level::off},
}};

template <typename Number, typename... Base>
std::optional<Number> read_number(const std::string& word, Base... base) {
  Number number{};
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number, base...);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

ReadValue<Duration> read_between(const std::string& word, double least, double most,
                                 const char* allowed) {
  const auto seconds = read_number<double>(word, std::chars_format::fixed);
  // Written so that a NaN is refused too.
  if (!seconds || !(*seconds >= least && *seconds <= most))
    return tl::unexpected(std::string(allowed));
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
}

constexpr double kYear = 365.0 * 24 * 3600;

bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

}  // namespace

ReadValue<Duration> read_duration(const std::string& word) {
  return read_between(word, 0, kYear, "allowed are seconds, such as 1800 or 0.5, up to a year");
}

ReadValue<Duration> read_positive_duration(const std::string& word) {
  return read_between(word, 0.001, kYear, "allowed are seconds from 0.001, such as 600, to a year");
}

ReadValue<Duration> read_timeout(const std::string& word) {
  return read_between(word, 0.001, 60, "allowed are seconds from 0.001 to 60, such as 5 or 0.5");
}

ReadValue<Duration> read_window(const std::string& word) {
  return read_between(word, 0, 60, "allowed are seconds from 0 to 60, such as 5 or 0.5");
}

ReadValue<bool> read_warm(const std::string& word) {
  if (word == "warm") return true;
  if (word == "lazy") return false;
  return tl::unexpected("allowed are lazy and warm" + nearest(word, {"lazy", "warm"}));
}

ReadValue<uid_t> read_user(const std::string& word) {
  if (const passwd* user = getpwnam(word.c_str()); user != nullptr) return user->pw_uid;
  const auto number = read_number<uid_t>(word);
  if (number && *number != static_cast<uid_t>(-1)) return *number;
  return tl::unexpected(std::string("no such user; allowed are a user's name or number"));
}

ReadValue<gid_t> read_group(const std::string& word) {
  if (const group* group = getgrnam(word.c_str()); group != nullptr) return group->gr_gid;
  const auto number = read_number<gid_t>(word);
  if (number && *number != static_cast<gid_t>(-1)) return *number;
  return tl::unexpected(std::string("no such group; allowed are a group's name or number"));
}

ReadValue<mode_t> read_mode(const std::string& word) {
  const auto mode = read_number<mode_t>(word, 8);
  if (mode && (*mode & ~0444U) == 0) return *mode;
  return tl::unexpected(
      std::string("allowed are octal modes of read bits alone, such as 0400, 0440 or 0444"));
}

ReadValue<std::optional<std::string>> read_role(const std::string& word) {
  if (is_role_name(word)) return word;
  return tl::unexpected(std::string("allowed are 1 to 64 letters, digits, '.', '-' and '_'"));
}

ReadValue<bool> read_boolean(const std::string& word) {
  std::string small = word;
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char letter) { return is_letter(letter) ? char(letter | 0x20) : letter; });
  if (small == "true") return true;
  if (small == "false") return false;
  return tl::unexpected("allowed are true and false" + nearest(small, {"true", "false"}));
}

ReadValue<std::string> read_region(const std::string& word) {
  if (is_region(word)) return word;
  return tl::unexpected(
      std::string("allowed are 1 to 64 letters, digits and '-', such as cn-hangzhou"));
}

ReadValue<std::string> read_template_directory(const std::string& word) {
  std::error_code error;
  if (word == kTemplateDirectory || std::filesystem::is_directory(word, error)) return word;
  return tl::unexpected(error ? error.message() : std::string("not a directory"));
}

ReadValue<FileList> read_file_list(const std::string& word) {
  if (word == "all") return FileList();
  std::vector<std::string> names;
  if (word == "none") return FileList(names);
  for (std::size_t begin = 0; begin <= word.size();) {
    const std::size_t end = std::min(word.find_first_of(",:", begin), word.size());
    names.push_back(word.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto is_no_name = [](const std::string& name) {
    return name.empty() || name == "all" || name == "none";
  };
  if (std::none_of(names.begin(), names.end(), is_no_name)) return FileList(std::move(names));
  return tl::unexpected(
      std::string("allowed are names of files with a ',' or ':' between two, or all, or none"));
}

const char* name_of(log::Level level) {
  return std::find_if(kLevels.begin(), kLevels.end(),
                      [&](const auto& entry) { return entry.second == level; })
      ->first;
}

ReadValue<log::Level> read_log_level(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& [name, level] : kLevels) {
    if (word == name) return level;
    names.emplace_back(name);
  }
  return tl::unexpected("allowed are trace, debug, info, warning, error and off" +
                        nearest(word, names));
}

}  // namespace ramrolefs
