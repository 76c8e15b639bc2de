// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusefs/snapshot.h"

namespace ramrolefs {

/// Numbers that are bound to names for the life of a mount, whatever its configuration says by and
/// by: inode numbers are made of them.
///
/// Threads   one at a time.
class BoundNames {
 public:
  /// The numbers that there are.
  BoundNames(std::uint8_t first, std::uint8_t last) : first_(first), most_(last - first + 1U) {}

  /// The number of the name, the next one if it is new; nothing where all are bound.
  std::optional<std::uint8_t> bind(std::string_view name) {
    auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) {
      if (names_.size() == most_) return std::nullopt;
      found = names_.emplace(names_.end(), name);
    }
    return static_cast<std::uint8_t>(first_ + (found - names_.begin()));
  }

  /// For another process that takes over.
  void save(SnapshotWriter& writer) const {
    writer.put_count(names_.size());
    for (const std::string& name : names_) writer.put(std::string_view(name));
  }
  /// In place of what there is.
  bool restore(SnapshotReader& reader) {
    names_.clear();
    return reader.each([&] { return names_.size() < most_ && reader.get(names_.emplace_back()); });
  }
  void start_over() { names_.clear(); }

 private:
  std::uint8_t first_;
  std::size_t most_;
  std::vector<std::string> names_;
};

}  // namespace ramrolefs
