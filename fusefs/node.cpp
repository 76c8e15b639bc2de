// SPDX-License-Identifier: Apache-2.0
#include "fusefs/node.h"

#include "fusefs/tree.h"

namespace ramrolefs {
namespace {

constexpr unsigned kInCurrent = 128;

}  // namespace

bool is_in_current(Place place) {
  return unsigned(place) >= kInCurrent;
}

Place out_of_current(Place place) {
  return Place{static_cast<std::uint8_t>(unsigned(place) - kInCurrent)};
}

Place Node::place() const {
  if (file == nullptr) return kDirectory;
  return in_current ? Place{static_cast<std::uint8_t>(kInCurrent + unsigned(file->place))}
                    : file->place;
}

InodeNumber Node::inode_in(GenerationId generation) const {
  return {generation, place(), directory->view};
}

InodeNumber Node::inode_in(const Generation& generation) const {
  return inode_in(follows() ? generation.origin(*file, directory->view) : generation.id());
}

bool Node::is_in(const Generation& generation) const {
  return file == nullptr || generation.has(*file, directory->view);
}

std::string_view Node::bytes(const Generation& generation) const {
  return generation.bytes(*file, file->is_value && generation.ends_lines(directory->view),
                          directory->view);
}

const Access& Node::access() const {
  return directory->contents->access;
}

}  // namespace ramrolefs
