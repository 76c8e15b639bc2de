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
  if (parent != kRoot) return lookup_in_current(parent, name, now);
  if (announcements_.is_announcer(caller.thread)) return lookup_for_announcer(name, now);
  const auto node = find_in_root(name);
  if (!node) return tl::unexpected(Errno{ENOENT});
  count_lookup();
  const bool may = may_read(options_.root.access, caller);
  const GenerationId id = choose(*node, caller, may, now);
  hold(*node, id, may, now);
  return entry_of(*node, id, now);
}

tl::expected<Entry, Errno> Filesystem::lookup_in_current(InodeNumber parent, std::string_view name,
                                                         SteadyTime now) {
  const auto node = find_in_current(name);
  if (!node || parent.place() != kDirectory) return tl::unexpected(Errno{ENOENT});
  const bool there = generations_.find(parent.generation(), now) != nullptr;
  count_lookup();
  // One that was lost is a door, as the next one is.
  if (!there && !may_come_back({nullptr, true}, parent)) return tl::unexpected(Errno{ESTALE});
  return entry_of(*node, parent.generation(), now);
}

tl::expected<Entry, Errno> Filesystem::lookup_for_announcer(std::string_view name, SteadyTime now) {
  const auto target = announcements_.resolve(name);
  if (!target) return tl::unexpected(Errno{ENOENT});
  const auto attributes = told_of({target->file, true}, target->inode, now);
  if (!attributes) return tl::unexpected(Errno{ENOENT});
  return Entry{target->inode, *attributes, Duration::zero()};
}

/// Which generation a LOOKUP of the root is of: the next one, which is the way to the door, if it
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
    const InodeNumber inode(id, node.place());
    return {inode, empty_attributes(node, inode, options_.root.access, changed_), Duration::zero()};
  }
  const InodeNumber inode = node.inode_in(*generation);
  const Duration timeout = timeout_of(*generation, now);
  return {inode, attributes_of(node, *generation, inode, options_.root.access, timeout),
          in_window(now) ? Duration::zero() : timeout};
}

tl::expected<std::vector<Filesystem::Name>, Errno> Filesystem::list(InodeNumber directory) const {
  if (directory.view() == kStateView) return list_state(directory);
  const SteadyTime now = clock_.steady();
  const bool root = directory == kRoot;
  const auto self = find_node(directory);
  if (!root && (!self || self->file != nullptr)) return tl::unexpected(Errno{ENOTDIR});
  const Generation* generation =
      root ? generations_.current(now) : generations_.find(directory.generation(), now);
  if (!root && generation == nullptr && !may_come_back(*self, directory)) {
    return tl::unexpected(Errno{ESTALE});
  }
  const GenerationId door = root ? generations_.next() : directory.generation();
  const auto inode_of = [&](const Node& node) {
    return generation != nullptr ? node.inode_in(*generation) : InodeNumber(door, node.place());
  };
  std::vector<Name> names{{".", directory, S_IFDIR}, {"..", kRoot, S_IFDIR}};
  for (const ServedFile& file : kServedFiles) {
    names.push_back({file.name, inode_of({&file, root}), S_IFREG});
  }
  if (!root) return names;
  names.push_back({StateFiles::kName, StateFiles::kInode, S_IFDIR});
  names.push_back({kCurrent, inode_of({nullptr, true}), S_IFDIR});
  return names;
}

}  // namespace ramrolefs
