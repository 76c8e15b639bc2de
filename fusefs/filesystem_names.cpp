// SPDX-License-Identifier: Apache-2.0
// What names stand for in a Filesystem, and for whom.
#include <cerrno>

#include "fusefs/filesystem.h"

namespace ramrolefs {

tl::expected<Entry, Errno> Filesystem::lookup(InodeNumber parent, std::string_view name,
                                              const Caller& caller) {
  if (parent.view() == kStateView || (parent == kRoot && name == StateFiles::kName)) {
    return lookup_state(parent, name);
  }
  const SteadyTime now = clock_.steady();
  const Directory* directory = tree_.find_directory(parent);
  if (directory == nullptr) return lookup_in_current(parent, name, now);
  const Directory* view = directory->view == kRootView ? tree_.find_view(name) : nullptr;
  if (view != nullptr) return entry_of(*view);
  if (announcements_.is_announcer(caller.thread)) {
    return lookup_for_announcer(*directory, name, now);
  }
  const auto node = tree_.find(*directory, name);
  if (!node) return tl::unexpected(Errno{ENOENT});
  count_lookup();
  const bool may = may_read(node->access(), caller);
  const GenerationId id = choose(*node, caller, may, now);
  if (!has(*node, id, now)) return tl::unexpected(Errno{ENOENT});
  hold(*node, id, may, now);
  return entry_of(*node, id, now);
}

/// Whether the file is in that generation, or may come to be.
bool Filesystem::has(const Node& node, GenerationId id, SteadyTime now) const {
  const Generation* generation = generations_.find(id, now);
  return generation == nullptr || node.is_in(*generation);
}

tl::expected<Entry, Errno> Filesystem::lookup_in_current(InodeNumber parent, std::string_view name,
                                                         SteadyTime now) {
  const auto current = tree_.find_node(parent);
  if (!current || current->file != nullptr) return tl::unexpected(Errno{ENOENT});
  const auto node = tree_.find_in_current(*current->directory, name);
  const Generation* generation = generations_.find(parent.generation(), now);
  if (!node || (generation != nullptr && !node->is_in(*generation))) {
    return tl::unexpected(Errno{ENOENT});
  }
  count_lookup();
  // One that was lost is a door, as the next one is.
  if (generation == nullptr && !may_come_back(*current, parent)) {
    return tl::unexpected(Errno{ESTALE});
  }
  return entry_of(*node, parent.generation(), now);
}

tl::expected<Entry, Errno> Filesystem::lookup_for_announcer(const Directory& directory,
                                                            std::string_view name, SteadyTime now) {
  const auto target = announcements_.resolve(directory, name);
  if (!target) return tl::unexpected(Errno{ENOENT});
  const auto attributes = told_of(target->node, target->inode, now);
  if (!attributes) return tl::unexpected(Errno{ENOENT});
  return Entry{target->inode, *attributes, Duration::zero()};
}

Attributes Filesystem::attributes_of_directory(const Directory& directory) const {
  // current/; in the root also .ramrolefs, and the views.
  const std::size_t directories = directory.view == kRootView ? 1 + tree_.directories().size() : 1;
  return directory_attributes(directory.inode(), directories, changed_, kLongestTimeout);
}

Entry Filesystem::entry_of(const Directory& view) const {
  return {view.inode(), attributes_of_directory(view), kLongestTimeout};
}

bool Filesystem::may_list(InodeNumber directory, const Caller& caller) const {
  if (directory.view() == kStateView) return true;
  const Directory* of = tree_.find_directory({GenerationId{0}, kDirectory, directory.view()});
  return of != nullptr && may_read(of->contents->access, caller);
}

/// Which generation a LOOKUP is of: the next one, which is the way to the door, if it
/// is to wait for a flight.
GenerationId Filesystem::choose(const Node& node, const Caller& caller, bool may, SteadyTime now) {
  const Generation* current = generations_.current(now);
  // Others than those who may read must neither wait nor start anything.
  if (!may) return current != nullptr ? current->id() : generations_.next();
  const bool door = current == nullptr ||
                    (refresh_.answer(now) == Answer::wait && !is_hurried(caller.thread, now));
  const GenerationId newest = door ? generations_.next() : current->id();
  const GenerationId id = in_window(now) ? of_sweep(node, caller, newest, now) : newest;
  if (id != generations_.next()) count_read(may, now);
  return id;
}

GenerationId Filesystem::of_sweep(const Node& node, const Caller& caller, GenerationId newest,
                                  SteadyTime now) {
  const auto kin =
      options_.read_window > Duration::zero() && caller.kin ? caller.kin() : std::nullopt;
  if (!kin) return newest;
  ++changes_;
  const GenerationId id = sweeps_.lookup(*kin, node.place(), newest, now);
  if (id == newest || generations_.find(id, now) != nullptr) return id;
  if (id == generations_.next()) {  // its flight did not bring it, or not yet
    sweeps_.settle(*kin, id, newest);
    return newest;
  }
  sweeps_.end(id);  // its generation has expired
  return sweeps_.lookup(*kin, node.place(), newest, now);
}

Entry Filesystem::entry_of(const Node& node, GenerationId id, SteadyTime now) {
  const Generation* generation = generations_.find(id, now);
  if (generation == nullptr) {
    const InodeNumber inode = node.inode_in(id);
    return {inode, empty_attributes(node, inode, changed_), Duration::zero()};
  }
  const InodeNumber inode = node.inode_in(*generation);
  const Duration timeout = timeout_of(*generation, now);
  return {inode, attributes_of(node, *generation, inode, timeout),
          in_window(now) ? Duration::zero() : timeout};
}

tl::expected<std::vector<Filesystem::Name>, Errno> Filesystem::list(InodeNumber inode) const {
  if (inode.view() == kStateView) return list_state(inode);
  const SteadyTime now = clock_.steady();
  const Directory* directory = tree_.find_directory(inode);
  if (directory == nullptr) {
    const auto current = tree_.find_node(inode);
    if (!current || current->file != nullptr) return tl::unexpected(Errno{ENOTDIR});
    const Generation* generation = generations_.find(inode.generation(), now);
    if (generation == nullptr && !may_come_back(*current, inode)) {
      return tl::unexpected(Errno{ESTALE});
    }
    return list_current(*current, generation, inode);
  }
  const Generation* generation = generations_.current(now);
  const auto inode_of = [&](const Node& node) {
    return generation != nullptr ? node.inode_in(*generation) : node.inode_in(generations_.next());
  };
  std::vector<Name> names{{".", inode, S_IFDIR}, {"..", kRoot, S_IFDIR}};
  for (const ServedFile& file : tree_.files()) {
    if (!directory->shows(file) ||
        (generation != nullptr && !generation->has(file, directory->view)))
      continue;
    names.push_back({file.name, inode_of({directory, &file, false}), S_IFREG});
  }
  if (directory->view == kRootView) {
    names.push_back({StateFiles::kName, StateFiles::kInode, S_IFDIR});
    for (const Directory& view : tree_.directories()) {
      if (view.view != kRootView) names.push_back({view.name, view.inode(), S_IFDIR});
    }
  }
  names.push_back({kCurrent, inode_of({directory, nullptr, false}), S_IFDIR});
  return names;
}

std::vector<Filesystem::Name> Filesystem::list_current(const Node& current,
                                                       const Generation* generation,
                                                       InodeNumber inode) const {
  const Directory& directory = *current.directory;
  std::vector<Name> names{{".", inode, S_IFDIR}, {"..", directory.inode(), S_IFDIR}};
  for (const ServedFile& file : tree_.files()) {
    if (!directory.shows(file) || (generation != nullptr && !generation->has(file, directory.view)))
      continue;
    names.push_back(
        {file.name, Node{&directory, &file, true}.inode_in(inode.generation()), S_IFREG});
  }
  return names;
}

std::string Filesystem::path_of(InodeNumber inode) const {
  const auto node = tree_.find_node(inode);
  if (!node || node->file == nullptr) return "";
  std::string path(node->directory->name);
  if (!path.empty()) path += "/";
  if (node->in_current) path += std::string(kCurrent) + "/";
  return path + std::string(node->file->name);
}

}  // namespace ramrolefs
