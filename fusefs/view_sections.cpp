// SPDX-License-Identifier: Apache-2.0
#include "fusefs/view_sections.h"

#include <algorithm>

#include "common/nearest.h"
#include "fusefs/option_table.h"
#include "fusefs/option_values.h"
#include "fusefs/served_files.h"

namespace ramrolefs {
namespace {

constexpr std::size_t kMostViews = 64;
constexpr std::size_t kLongestName = 64;

bool is_view_name(const std::string& name) {
  const auto allowed = [](unsigned char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
  };
  return !name.empty() && name.size() <= kLongestName && !name.starts_with('.') &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string sentence(const ViewSection& section, const std::string& what) {
  return section.where + ": view " + section.name + ": " + what;
}

bool is_taken(const std::string& view, const std::vector<TemplateSource>& templates) {
  const auto is_named = [&](const TemplateSource& source) { return source.name == view; };
  return view == "current" || find_served_file(view) != nullptr ||
         std::any_of(templates.begin(), templates.end(), is_named);
}

/// Of files that are made of a template.
std::vector<std::string> names_of(const std::vector<TemplateSource>& templates) {
  std::vector<std::string> names;
  names.reserve(templates.size());
  for (const TemplateSource& source : templates) names.push_back(source.name);
  return names;
}

/// A list as somebody wrote it in some place: whether each is one of `names`, which are of files or
/// of templates, as `kind` says.
tl::expected<void, std::string> check_names(const std::string& place, const FileList& list,
                                            const char* kind,
                                            const std::vector<std::string>& names) {
  const auto is_there = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto listed = list.value_or(std::vector<std::string>());
  const auto wrong = std::find_if_not(listed.begin(), listed.end(), is_there);
  if (wrong == listed.end()) return {};
  return tl::unexpected(place + ": there is no " + kind + " " + *wrong + nearest(*wrong, names));
}

/// The names that a list may have.
struct Names {
  explicit Names(const Options& options)
      : templates(names_of(options.server.filesystem.templates)) {
    for (const ServedFile& file : kServedFiles) files.emplace_back(file.name);
    files.insert(files.end(), templates.begin(), templates.end());
  }

  tl::expected<void, std::string> check(const std::vector<Setting>& said) const {
    for (const Setting& setting : said) {
      const bool of_files = setting.name == "files";
      if (!of_files && setting.name != "templates") continue;
      const auto list = read_file_list(setting.value.value_or("all"));
      if (!list) continue;  // it was refused where it was applied
      auto good = check_names(setting.where + ": " + setting.name, *list,
                              of_files ? "file" : "template", of_files ? files : templates);
      if (!good) return good;
    }
    return {};
  }

  std::vector<std::string> templates;
  std::vector<std::string> files;  // those of templates too
};

}  // namespace

tl::expected<void, std::string> add_views(const std::vector<ViewSection>& sections,
                                          Options& options) {
  auto& files = options.server.filesystem;
  if (sections.size() > kMostViews) {
    return tl::unexpected(sections.back().where + ": there are more than 64 views");
  }
  files.views.clear();
  for (const ViewSection& section : sections) {
    if (!is_view_name(section.name)) {
      return tl::unexpected(sentence(section,
                                     "allowed as a name are 1 to 64 letters, digits, '.', '-' and "
                                     "'_', no '.' at the beginning"));
    }
    ViewOptions view{section.name, {{files.root.access.uid, files.root.access.gid, 0400}}};
    if (auto done = apply_view_settings(section.settings, view.contents); !done) return done;
    files.views.push_back(std::move(view));
  }
  return {};
}

tl::expected<void, std::string> check_contents(const std::vector<Setting>& said,
                                               const std::vector<ViewSection>& sections,
                                               Options& options) {
  auto& files = options.server.filesystem;
  const Names names(options);
  if (auto good = names.check(said); !good) return good;
  // All others have been looked at.
  auto good = check_names("--files", files.root.files, "file", names.files);
  for (std::size_t i = 0; good && i < sections.size(); ++i) {
    const ViewSection& section = sections[i];
    if (is_taken(section.name, files.templates)) {
      return tl::unexpected(sentence(section, "a file has that name"));
    }
    good = names.check(section.settings);
    Contents& contents = files.views[i].contents;
    const bool says_all =
        std::any_of(section.settings.begin(), section.settings.end(), [](const Setting& setting) {
          return setting.name == "templates" && setting.value == "all";
        });
    if (says_all) contents.templates = names.templates;
  }
  return good;
}

}  // namespace ramrolefs
