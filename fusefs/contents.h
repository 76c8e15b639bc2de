// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusefs/access.h"

namespace ramrolefs {

/// Names of files; nothing stands for all of them.
using FileList = std::optional<std::vector<std::string>>;

inline bool has_name(const FileList& list, std::string_view name) {
  return list && std::find(list->begin(), list->end(), name) != list->end();
}

/// What a directory of the mount shows of a generation, and to whom: the root, or a view.
struct Contents {
  Access access;
  bool newline = false;     // ends each value with one
  FileList files = {};      // of all files; nothing: all that are not made of a template
  FileList templates = {};  // of those that are made of a template, beside what `files` names;
                            // nothing: all if `files` is nothing too, else none

  /// Whether a file of that name, made of a template or not, is shown.
  bool shows(std::string_view name, bool templated) const {
    if (has_name(files, name)) return true;
    if (!templated) return !files;
    return templates ? has_name(templates, name) : !files;
  }

  bool operator==(const Contents&) const = default;
};

/// A directory beside the files of the root, with the same generation under another owner: a
/// section `[view.NAME]` of the configuration file.
struct ViewOptions {
  std::string name;
  Contents contents;

  bool operator==(const ViewOptions&) const = default;
};

/// A file NAME.mustache of the template directory, as it was read and found good.
struct TemplateSource {
  std::string name;  // of the file that it makes
  std::string text;

  bool operator==(const TemplateSource&) const = default;
};

}  // namespace ramrolefs
