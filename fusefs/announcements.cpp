// SPDX-License-Identifier: Apache-2.0
#include "fusefs/announcements.h"

#include <algorithm>

namespace ramrolefs {
namespace {

Seat seat_of(const Node& node) {
  return node.inode_in(GenerationId{0});
}

std::string hidden_name(const ServedFile& file, GenerationId generation) {
  return "." + std::string(file.name) + "." +
         std::to_string(static_cast<std::uint64_t>(generation));
}

/// From the root.
std::string path(const Directory& directory, std::string_view name) {
  return std::string(directory.name) + (directory.name.empty() ? "" : "/") + std::string(name);
}

/// Calls `take` for each file of each directory.
template <typename Take>
void for_each_node(const Tree& tree, Take take) {
  for (const Directory& directory : tree.directories()) {
    for (const ServedFile& file : tree.files()) {
      if (directory.shows(file)) take(Node{&directory, &file, false});
    }
  }
}

}  // namespace

const InodeNumber* Announcements::visible(const Node& node) const {
  const auto found = visible_.find(seat_of(node));
  return found != visible_.end() ? &found->second : nullptr;
}

void Announcements::end() {
  announcer_.reset();
  steps_.clear();
  begun_ = false;
  under_way_ = 0;
}

void Announcements::again() {
  under_way_ = 0;
  if (steps_.empty()) return;
  Step& step = steps_.front();
  std::erase_if(step.files, [&](const Node& node) {
    const InodeNumber* now = visible(node);
    return now != nullptr && *now == node.inode_in(step.generation);
  });
  if (step.files.empty()) end_step();
}

void Announcements::end_step() {
  steps_.pop_front();
  begun_ = false;
  under_way_ = 0;
}

void Announcements::take_over_from(GenerationId lost) {
  for_each_node(*tree_, [&](const Node& node) {
    visible_.insert_or_assign(seat_of(node), node.inode_in(lost));
  });
}

void Announcements::published(const Generation& generation) {
  Step step{generation.id(), {}};
  for_each_node(*tree_, [&](const Node& node) {
    if (!node.is_in(generation)) return;
    const InodeNumber inode = node.inode_in(generation);
    const InodeNumber* now = visible(node);
    if (now == nullptr) {
      visible_.emplace(seat_of(node), inode);
    } else if (generation.is_new(*node.file, node.directory->view) && *now != inode) {
      step.files.push_back(node);
    }
  });
  if (!announcer_ || step.files.empty()) return;
  std::stable_partition(step.files.begin(), step.files.end(),
                        [](const Node& node) { return node.file->place != kAccessKeyId; });
  if (steps_.size() < kMost) return steps_.push_back(std::move(step));
  for (const Node& node : steps_.back().files) {
    if (std::none_of(step.files.begin(), step.files.end(),
                     [&](const Node& other) { return seat_of(other) == seat_of(node); })) {
      step.files.insert(step.files.begin(), node);
    }
  }
  steps_.back() = std::move(step);
}

std::optional<GenerationId> Announcements::waiting() const {
  if (steps_.empty() || under_way_ > 0) return std::nullopt;
  return steps_.front().generation;
}

std::vector<Rename> Announcements::take() {
  const Step& step = steps_.front();
  std::vector<Rename> renames;
  renames.reserve(std::min(step.files.size(), kMostAtOnce));
  for (const Node& node : step.files) {
    if (renames.size() == kMostAtOnce) break;
    renames.push_back({path(*node.directory, hidden_name(*node.file, step.generation)),
                       path(*node.directory, node.file->name), step.generation, seat_of(node)});
  }
  begun_ = true;
  under_way_ = renames.size();
  return renames;
}

void Announcements::answered(GenerationId generation, Seat seat) {
  if (!begun_ || steps_.front().generation != generation) return;
  auto& files = steps_.front().files;
  const auto erased = std::erase_if(files, [&](const Node& node) { return seat_of(node) == seat; });
  under_way_ -= std::min<std::uint64_t>(under_way_, erased);
  if (files.empty()) end_step();
}

std::optional<Announcements::Target> Announcements::resolve(const Directory& directory,
                                                            std::string_view name) const {
  const auto node = tree_->find(directory, name);
  if (node && node->file != nullptr) {
    const InodeNumber* now = visible(*node);
    return now != nullptr ? std::optional(Target{*node, *now}) : std::nullopt;
  }
  if (!begun_) return std::nullopt;
  const Step& step = steps_.front();
  for (const Node& hidden : step.files) {
    if (hidden.directory == &directory && name == hidden_name(*hidden.file, step.generation)) {
      return Target{hidden, hidden.inode_in(step.generation)};
    }
  }
  return std::nullopt;
}

bool Announcements::rename(const Directory& directory, std::string_view from, std::string_view to) {
  const auto hidden = resolve(directory, from);
  if (!hidden || hidden->node.file->name != to || from == to) return false;
  visible_.insert_or_assign(seat_of(hidden->node), hidden->inode);
  return true;
}

bool Announcements::was_made(const Directory& directory, std::string_view from,
                             std::string_view to) const {
  const auto node = tree_->find(directory, to);
  if (!node || node->file == nullptr) return false;
  const InodeNumber* now = visible(*node);
  return now != nullptr && from == hidden_name(*node->file, now->generation());
}

void Announcements::save(SnapshotWriter& writer) const {
  writer.put(announcer_);
  writer.put_count(visible_.size());
  for (const auto& [seat, inode] : visible_) {
    writer.put(seat);
    writer.put(inode);
  }
  writer.put_count(steps_.size());
  for (const Step& step : steps_) {
    writer.put(step.generation);
    writer.put_count(step.files.size());
    for (const Node& node : step.files) writer.put(seat_of(node));
  }
  writer.put(begun_);
  writer.put(under_way_);
}

bool Announcements::restore(SnapshotReader& reader) {
  *this = Announcements(*tree_);
  if (restore_all(reader)) return true;
  *this = Announcements(*tree_);
  return false;
}

bool Announcements::restore_all(SnapshotReader& reader) {
  if (!reader.get(announcer_)) return false;
  const auto get_visible = [&] {
    std::uint64_t seat = 0;
    std::uint64_t inode = 0;
    return reader.get(seat) && reader.get(inode) &&
           visible_.emplace(Seat(seat), InodeNumber(inode)).second;
  };
  const auto get_file = [&] {
    std::uint64_t seat = 0;
    if (!reader.get(seat)) return false;
    // Of what is not there any more, nobody is to be told.
    const auto node =
        tree_->find_node(InodeNumber(GenerationId{1}, Seat(seat).place(), Seat(seat).view()));
    if (node && node->follows()) steps_.back().files.push_back(*node);
    return true;
  };
  const auto get_step = [&] {
    steps_.emplace_back();
    return reader.get(steps_.back().generation) && reader.each(get_file);
  };
  if (!reader.each(get_visible) || !reader.each(get_step) || !reader.get(begun_) ||
      !reader.get(under_way_) || (under_way_ > 0 && !begun_) || (begun_ && steps_.empty())) {
    return false;
  }
  const bool first_is_empty = !steps_.empty() && steps_.front().files.empty();
  std::erase_if(steps_, [](const Step& step) { return step.files.empty(); });
  if (!first_is_empty) return true;
  begun_ = false;
  under_way_ = 0;
  return true;
}

}  // namespace ramrolefs
