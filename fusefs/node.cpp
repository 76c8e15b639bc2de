// SPDX-License-Identifier: Apache-2.0
#include "fusefs/node.h"

namespace ramrolefs {
namespace {

// A file's place in current/ is so much higher than in the root.
constexpr unsigned kInCurrent = 128;

}  // namespace

Place Node::place() const {
  if (file == nullptr) return kDirectory;
  return in_root ? file->place
                 : Place{static_cast<std::uint8_t>(kInCurrent + unsigned(file->place))};
}

InodeNumber Node::inode_in(const Generation& generation) const {
  return follows() ? generation.inode(*file) : InodeNumber(generation.id(), place());
}

std::optional<Node> find_node(InodeNumber inode) {
  if (inode.generation() == GenerationId{0}) return std::nullopt;
  if (inode.place() == kDirectory) return Node{nullptr, true};
  const auto place = static_cast<unsigned>(inode.place());
  const bool in_root = place < kInCurrent;
  const ServedFile* file =
      find_served_file(Place{static_cast<std::uint8_t>(in_root ? place : place - kInCurrent)});
  return file != nullptr ? std::optional(Node{file, in_root}) : std::nullopt;
}

std::optional<Node> find_in_root(std::string_view name) {
  if (name == kCurrent) return Node{nullptr, true};
  const ServedFile* file = find_served_file(name);
  return file != nullptr ? std::optional(Node{file, true}) : std::nullopt;
}

std::optional<Node> find_in_current(std::string_view name) {
  const ServedFile* file = find_served_file(name);
  return file != nullptr ? std::optional(Node{file, false}) : std::nullopt;
}

}  // namespace ramrolefs
