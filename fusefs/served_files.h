// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "common/secret.h"
#include "fusefs/formats.h"
#include "fusefs/inode_number.h"

namespace ramrolefs {

/// A file of the mount: its name, its place, and what it holds.
struct ServedFile {
  Place place;  // never given to another name: a mount that lives on keeps its inode numbers
  std::string_view name;
  bool is_value;  // alone, without a newline; else text, which ends with one
  Secret (*render)(const Rendering&);
};

/// What readers take first, whose change is the sign by which they reload all.
inline constexpr Place kAccessKeyId{2};
/// The other parts of a credential, which a generation is told from another by.
inline constexpr Place kAccessKeySecret{3};
inline constexpr Place kRoleName{6};
inline constexpr Place kSecurityToken{7};

/// All of them, by name. A new file is a new row, with the next free place.
extern const std::array<ServedFile, 11> kServedFiles;

/// The row of a name or of a place; null where there is none.
const ServedFile* find_served_file(std::string_view name);
const ServedFile* find_served_file(Place place);

}  // namespace ramrolefs
