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
  unanswered_ = 0;
}

void Announcements::published(const Generation& generation) {
  Step step{generation.id(), {}};
  for (const ServedFile& file : kServedFiles) {
    auto& visible = visible_[index_of(file)];
    if (!visible) {
      visible = generation.inode(file);
    } else if (generation.is_new(file)) {
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
  if (steps_.empty() || unanswered_ > 0) return std::nullopt;
  return steps_.front().generation;
}

std::vector<Rename> Announcements::take() {
  const Step& step = steps_.front();
  std::vector<Rename> renames;
  renames.reserve(step.files.size());
  for (const ServedFile* file : step.files) {
    renames.push_back({hidden_name(*file, step.generation), std::string(file->name)});
  }
  unanswered_ = renames.size();
  return renames;
}

void Announcements::answered() {
  if (unanswered_ > 0 && --unanswered_ == 0) steps_.pop_front();
}

std::optional<Announcements::Target> Announcements::resolve(std::string_view name) const {
  if (const ServedFile* file = find_served_file(name)) {
    const auto& visible = visible_[index_of(*file)];
    return visible ? std::optional(Target{file, *visible}) : std::nullopt;
  }
  if (unanswered_ == 0) return std::nullopt;
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

}  // namespace ramrolefs
