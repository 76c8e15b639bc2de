// SPDX-License-Identifier: Apache-2.0
#include "fusefs/tree.h"

#include <algorithm>
#include <span>

#include "common/log.h"
#include "fusefs/checksum.h"

namespace ramrolefs {
namespace {

// To be raised when a file that all mounts have is rendered otherwise than by the version before.
constexpr std::uint64_t kFormats = 2;

std::uint64_t add(std::string_view part, std::uint64_t before) {
  return checksum_of(std::as_bytes(std::span(part)), before + part.size());
}

}  // namespace

Tree::Tree(const Parts& parts, BoundNames& template_places, BoundNames& view_numbers)
    : files_(kServedFiles.begin(), kServedFiles.end()) {
  add_templates(*parts.templates, template_places);
  add_directory(kRootView, {}, *parts.root);
  for (const ViewOptions& view : *parts.views) {
    if (const auto number = view_numbers.bind(view.name)) {
      add_directory(View{*number}, view.name, view.contents);
    } else {
      log::warning("too many views since it was mounted: {} is not there", view.name);
    }
  }
  std::erase_if(files_, [&](const ServedFile& file) {
    return !file.is_value &&
           std::none_of(directories_.begin(), directories_.end(),
                        [&](const Directory& directory) { return directory.shows(file); });
  });
}

void Tree::add_templates(const std::vector<TemplateSource>& templates, BoundNames& places) {
  for (const TemplateSource& source : templates) {
    if (const auto place = places.bind(source.name)) {
      files_.push_back({Place{*place}, source.name, false, nullptr, false, &source});
    } else {
      log::warning("too many templates since it was mounted: {} is not there", source.name);
    }
  }
}

void Tree::add_directory(View view, std::string_view name, const Contents& contents) {
  Directory directory{view, name, &contents, {}};
  for (const ServedFile& file : files_) {
    if (contents.shows(file.name, file.made_of != nullptr))
      directory.shown.set(std::size_t(file.place));
  }
  directories_.push_back(directory);
}

const ServedFile* Tree::find_file(Place place) const {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const ServedFile& file) { return file.place == place; });
  return found != files_.end() ? &*found : nullptr;
}

const ServedFile* Tree::find_file(std::string_view name) const {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const ServedFile& file) { return file.name == name; });
  return found != files_.end() ? &*found : nullptr;
}

const Directory* Tree::find_directory(InodeNumber inode) const {
  const auto found =
      std::find_if(directories_.begin(), directories_.end(),
                   [&](const Directory& directory) { return directory.inode() == inode; });
  return found != directories_.end() ? &*found : nullptr;
}

const Directory* Tree::find_view(std::string_view name) const {
  const auto found =
      std::find_if(directories_.begin() + 1, directories_.end(),
                   [&](const Directory& directory) { return directory.name == name; });
  return found != directories_.end() ? &*found : nullptr;
}

std::optional<Node> Tree::find_node(InodeNumber inode) const {
  const Directory* directory = find_directory({GenerationId{0}, kDirectory, inode.view()});
  if (directory == nullptr || inode.generation() == GenerationId{0}) return std::nullopt;
  if (inode.place() == kDirectory) return Node{directory, nullptr, false};
  const bool in_current = is_in_current(inode.place());
  const ServedFile* file = find_file(in_current ? out_of_current(inode.place()) : inode.place());
  if (file == nullptr || !directory->shows(*file)) return std::nullopt;
  return Node{directory, file, in_current};
}

std::optional<Node> Tree::find(const Directory& directory, std::string_view name) const {
  if (name == kCurrent) return Node{&directory, nullptr, false};
  const ServedFile* file = find_file(name);
  if (file == nullptr || !directory.shows(*file)) return std::nullopt;
  return Node{&directory, file, false};
}

std::optional<Node> Tree::find_in_current(const Directory& directory, std::string_view name) const {
  const ServedFile* file = find_file(name);
  if (file == nullptr || !directory.shows(*file)) return std::nullopt;
  return Node{&directory, file, true};
}

bool Tree::knows(std::string_view name) const {
  return name == kCurrent || find_file(name) != nullptr || find_view(name) != nullptr;
}

std::uint64_t Tree::rendering(std::string_view region, std::string_view mount_point) const {
  std::uint64_t print = add(mount_point, add(region, kFormats));
  for (const ServedFile& file : files_) {
    print = add(file.name, print);
    if (file.made_of != nullptr) print = add(file.made_of->text, print);
  }
  for (const Directory& directory : directories_) {
    print = add(directory.name, print + static_cast<unsigned>(directory.view));
    print = add(directory.shown.to_string(), print);
  }
  const Endings where = endings();
  return checksum_of(std::as_bytes(std::span(where)), print);
}

Endings Tree::endings() const {
  Endings where{};
  for (const Directory& directory : directories_) {
    const auto bit = static_cast<unsigned>(directory.view);
    if (directory.contents->newline) where[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  return where;
}

}  // namespace ramrolefs
