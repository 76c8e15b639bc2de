// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fusefs/bound_names.h"
#include "fusefs/contents.h"
#include "fusefs/inode_number.h"
#include "fusefs/node.h"
#include "fusefs/served_files.h"

namespace ramrolefs {

/// A directory that shows files of a generation: the mount's root, or a view.
struct Directory {
  View view;
  std::string_view name;  // of a view, in the root
  const Contents* contents;
  std::bitset<256> shown;  // by place

  bool shows(const ServedFile& file) const { return shown.test(std::size_t(file.place)); }
  InodeNumber inode() const { return {GenerationId{0}, kDirectory, view}; }
};

/// What names there are in a mount, by its options, and what numbers they have.
///
/// Threads   any; it is constant.
/// Owns      the directories and the rows of the files, which nodes point to.
class Tree {
 public:
  /// What it is made of must outlive it, but for the numbers, in which new names are bound. A
  /// template or a view for which no number is left is not in it: log lines say so.
  struct Parts {
    const Contents* root;
    const std::vector<ViewOptions>* views;
    const std::vector<TemplateSource>* templates;
  };
  Tree(const Parts& parts, BoundNames& template_places, BoundNames& view_numbers);

  /// All that some directory shows, and the parts of a credential in any case: those
  /// that every mount has, then those of templates.
  const std::vector<ServedFile>& files() const { return files_; }
  const ServedFile* find_file(Place place) const;

  /// The root comes first.
  const std::vector<Directory>& directories() const { return directories_; }
  const Directory& root() const { return directories_.front(); }
  /// The one that has that inode; null where none has.
  const Directory* find_directory(InodeNumber inode) const;
  /// The view of that name; null where there is none.
  const Directory* find_view(std::string_view name) const;

  /// What the number stands for in a generation; nothing where that is nothing in any.
  std::optional<Node> find_node(InodeNumber inode) const;
  /// What a name stands for in the directory, and in its current/.
  std::optional<Node> find(const Directory& directory, std::string_view name) const;
  std::optional<Node> find_in_current(const Directory& directory, std::string_view name) const;

  /// Whether the word is a name of something, anywhere.
  bool knows(std::string_view name) const;

  /// Tells what is rendered, and of what, from what another mount would: all but the credential.
  std::uint64_t rendering(std::string_view region, std::string_view mount_point) const;
  Endings endings() const;

 private:
  const ServedFile* find_file(std::string_view name) const;
  void add_templates(const std::vector<TemplateSource>& templates, BoundNames& places);
  void add_directory(View view, std::string_view name, const Contents& contents);

  std::vector<ServedFile> files_;
  std::vector<Directory> directories_;
};

}  // namespace ramrolefs
