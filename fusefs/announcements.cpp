// SPDX-License-Identifier: Apache-2.0
#include "fusefs/announcements.h"

#include <algorithm>

namespace ramrolefs {
namespace {

std::size_t index_of(const ServedFile& file) {
  return static_cast<std::size_t>(&file - kServedFiles.data());
}

std::string hidden_name(const ServedFile& file, GenerationId generation) {
  return "." + std::string(file.name) + "." +
         std::to_string(static_cast<std::uint64_t>(generation));
}

}  // namespace

void Announcements::end() {
  announcer_.reset();
  steps_.clear();
  begun_ = under_way_ = false;
}

void Announcements::again() {
  under_way_ = false;
  if (steps_.empty()) return;
  Step& step = steps_.front();
  std::erase_if(step.files, [&](const ServedFile* file) {
    return visible_[index_of(*file)] == InodeNumber(step.generation, file->place);
  });
  if (step.files.empty()) end_step();
}

void Announcements::end_step() {
  steps_.pop_front();
  begun_ = under_way_ = false;
}

void Announcements::take_over_from(GenerationId lost) {
  for (const ServedFile& file : kServedFiles) {
    visible_[index_of(file)] = InodeNumber(lost, file.place);
  }
}

void Announcements::published(const Generation& generation) {
  Step step{generation.id(), {}};
  for (const ServedFile& file : kServedFiles) {
    auto& visible = visible_[index_of(file)];
    if (!visible) {
      visible = generation.inode(file);
    } else if (generation.is_new(file) && visible != generation.inode(file)) {
      step.files.push_back(&file);
    }
  }
  if (!announcer_ || step.files.empty()) return;
  std::stable_partition(step.files.begin(), step.files.end(),
                        [](const ServedFile* file) { return file->place != kAccessKeyId; });
  if (steps_.size() < kMost) return steps_.push_back(std::move(step));
  for (const ServedFile* file : steps_.back().files) {
    if (std::find(step.files.begin(), step.files.end(), file) == step.files.end()) {
      step.files.insert(step.files.begin(), file);
    }
  }
  steps_.back() = std::move(step);
}

std::optional<GenerationId> Announcements::waiting() const {
  if (steps_.empty() || under_way_) return std::nullopt;
  return steps_.front().generation;
}

std::vector<Rename> Announcements::take() {
  const Step& step = steps_.front();
  std::vector<Rename> renames;
  renames.reserve(step.files.size());
  for (const ServedFile* file : step.files) {
    renames.push_back({hidden_name(*file, step.generation), std::string(file->name),
                       step.generation, file->place});
  }
  begun_ = under_way_ = true;
  return renames;
}

void Announcements::answered(GenerationId generation, Place place) {
  if (!begun_ || steps_.front().generation != generation) return;
  auto& files = steps_.front().files;
  std::erase_if(files, [&](const ServedFile* file) { return file->place == place; });
  if (files.empty()) end_step();
}

std::optional<Announcements::Target> Announcements::resolve(std::string_view name) const {
  if (const ServedFile* file = find_served_file(name)) {
    const auto& visible = visible_[index_of(*file)];
    return visible ? std::optional(Target{file, *visible}) : std::nullopt;
  }
  if (!begun_) return std::nullopt;
  const Step& step = steps_.front();
  for (const ServedFile* file : step.files) {
    if (name == hidden_name(*file, step.generation)) {
      return Target{file, InodeNumber(step.generation, file->place)};
    }
  }
  return std::nullopt;
}

bool Announcements::rename(std::string_view from, std::string_view to) {
  const auto hidden = resolve(from);
  if (!hidden || hidden->file->name != to || from == to) return false;
  visible_[index_of(*hidden->file)] = hidden->inode;
  return true;
}

bool Announcements::was_made(std::string_view from, std::string_view to) const {
  const ServedFile* file = find_served_file(to);
  if (file == nullptr) return false;
  const auto& visible = visible_[index_of(*file)];
  return visible && from == hidden_name(*file, visible->generation());
}

void Announcements::save(SnapshotWriter& writer) const {
  writer.put(announcer_);
  for (const auto& visible : visible_) writer.put(visible);
  writer.put_count(steps_.size());
  for (const Step& step : steps_) {
    writer.put(step.generation);
    writer.put_count(step.files.size());
    for (const ServedFile* file : step.files) writer.put(file->place);
  }
  writer.put(begun_);
  writer.put(under_way_);
}

bool Announcements::restore(SnapshotReader& reader) {
  *this = Announcements();
  if (restore_all(reader)) return true;
  *this = Announcements();
  return false;
}

bool Announcements::restore_all(SnapshotReader& reader) {
  if (!reader.get(announcer_)) return false;
  for (auto& visible : visible_) {
    std::optional<std::uint64_t> raw;
    if (!reader.get(raw)) return false;
    if (raw) visible.emplace(*raw);
  }
  const auto get_file = [&] {
    Place place{};
    if (!reader.get(place)) return false;
    steps_.back().files.push_back(find_served_file(place));
    return steps_.back().files.back() != nullptr;
  };
  const auto get_step = [&] {
    steps_.emplace_back();
    return reader.get(steps_.back().generation) && reader.each(get_file) &&
           !steps_.back().files.empty();
  };
  return reader.each(get_step) && reader.get(begun_) && reader.get(under_way_) &&
         (begun_ || !under_way_) && (!begun_ || !steps_.empty());
}

}  // namespace ramrolefs
