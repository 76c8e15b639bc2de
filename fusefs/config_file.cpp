// SPDX-License-Identifier: Apache-2.0
#include "fusefs/config_file.h"

#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ramrolefs {
namespace {

// toml++ parses and frees a key like a.a.a.a… by recursion: a file of this size takes a few MiB of
// the stack at most. All options together are a tenth of it.
constexpr std::size_t kLargestFile = 32'768;

std::string place(const std::string& path, const toml::source_position& position) {
  return path + ", line " + std::to_string(position.line);
}

/// The value as it would be written on the command line; nothing for a table, a list, a date.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* yes = node.as_boolean()) return yes->get() ? "true" : "false";
  if (node.is_floating_point()) {
    std::ostringstream text;
    text << node.as_floating_point()->get();
    return text.str();
  }
  return std::nullopt;
}

tl::expected<std::vector<Setting>, std::string> read_table(const std::string& path,
                                                           const toml::table& table) {
  std::vector<Setting> settings;
  for (const auto& [key, node] : table) {
    const std::string where = place(path, key.source().begin);
    auto value = text_of(node);
    if (!value) {
      return tl::unexpected(where + ": " + std::string(key.str()) +
                            ": allowed are a text in quotes, a number, true and false");
    }
    settings.push_back({std::string(key.str()), std::move(*value), where});
  }
  return settings;
}

}  // namespace

tl::expected<std::vector<Setting>, std::string> read_config_file(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path);
  if (!file) return tl::unexpected(path + ": " + std::strerror(errno));
  if (std::filesystem::is_directory(path, ignored)) {
    return tl::unexpected(path + ": is a directory");
  }
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile) return tl::unexpected(path + ": is larger than 32 KiB");
  try {
    return read_table(path, toml::parse(text));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(place(path, error.source().begin) + ": " +
                          std::string(error.description()));
  }
}

}  // namespace ramrolefs
