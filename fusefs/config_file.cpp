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

/// A list of texts as a list of names would be written on the command line; nothing for another.
std::optional<std::string> names_of(const toml::node& node) {
  const auto* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  if (list->empty()) return "none";
  std::string names;
  for (const toml::node& element : *list) {
    const auto* text = element.as_string();
    if (text == nullptr) return std::nullopt;
    if (!names.empty()) names += ':';
    names += text->get();
  }
  return names;
}

tl::expected<Setting, std::string> read_setting(const std::string& path, const toml::key& key,
                                                const toml::node& node) {
  const std::string name(key.str());
  const bool is_list = name == "files" || name == "templates";
  auto value = text_of(node);
  if (!value && is_list) value = names_of(node);
  const std::string where = place(path, key.source().begin);
  if (value) return Setting{name, std::move(*value), where};
  return tl::unexpected(where + ": " + name +
                        (is_list ? ": allowed are a text in quotes and a list of texts"
                                 : ": allowed are a text in quotes, a number, true and false"));
}

tl::expected<ViewSection, std::string> read_view(const std::string& path, const toml::key& key,
                                                 const toml::table& table) {
  ViewSection view{std::string(key.str()), place(path, key.source().begin), {}};
  for (const auto& [name, node] : table) {
    auto setting = read_setting(path, name, node);
    if (!setting) return tl::unexpected(setting.error());
    view.settings.push_back(std::move(*setting));
  }
  return view;
}

tl::expected<std::vector<ViewSection>, std::string> read_views(const std::string& path,
                                                               const toml::table& table) {
  std::vector<ViewSection> views;
  for (const auto& [key, node] : table) {
    if (!node.is_table()) {
      return tl::unexpected(place(path, key.source().begin) + ": view." + std::string(key.str()) +
                            ": allowed are sections [view.NAME]");
    }
    auto view = read_view(path, key, *node.as_table());
    if (!view) return tl::unexpected(view.error());
    views.push_back(std::move(*view));
  }
  return views;
}

tl::expected<ConfigFile, std::string> read_table(const std::string& path,
                                                 const toml::table& table) {
  ConfigFile file;
  for (const auto& [key, node] : table) {
    if (key == "view" && node.is_table()) {
      auto views = read_views(path, *node.as_table());
      if (!views) return tl::unexpected(views.error());
      file.views = std::move(*views);
      continue;
    }
    if (node.is_table() || key == "view") {
      return tl::unexpected(place(path, key.source().begin) + ": there is no section " +
                            std::string(key.str()) + ", but there are sections [view.NAME]");
    }
    auto setting = read_setting(path, key, node);
    if (!setting) return tl::unexpected(setting.error());
    file.settings.push_back(std::move(*setting));
  }
  return file;
}

}  // namespace

tl::expected<ConfigFile, std::string> read_config_file(const std::string& path) {
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
