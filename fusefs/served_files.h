// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/secret.h"
#include "fusefs/contents.h"
#include "fusefs/inode_number.h"
#include "fusefs/rendering.h"

namespace ramrolefs {

/// A file of a mount: its name, its place, and what it holds.
struct ServedFile {
  Place place;  // never given to another name: a mount that lives on keeps its inode numbers
  std::string_view name;
  bool is_value;                            // one value, to which a newline may be added
  Secret (*render)(const Rendering&);       // a value without a newline at the end
  bool per_directory = false;               // it names the directory that it is in
  const TemplateSource* made_of = nullptr;  // what it is rendered from instead
};

/// What readers take first, whose change is the sign by which they reload all.
inline constexpr Place kAccessKeyId{2};
/// The other parts of a credential, which a generation is told from another by.
inline constexpr Place kAccessKeySecret{3};
inline constexpr Place kRoleName{6};
inline constexpr Place kSecurityToken{7};
/// What config.json refers to.
inline constexpr Place kExternalJson{10};

/// Those that every mount has, by name. A new file is a new row, with the next free place.
extern const std::array<ServedFile, 11> kServedFiles;

/// Places of files that are made of templates.
inline constexpr std::uint8_t kFirstOfTemplates = 32;
inline constexpr std::uint8_t kLastOfTemplates = 127;

/// In which directories a value ends with a newline: a bit a view.
using Endings = std::array<std::uint64_t, 4>;

/// What the file holds. The error is a sentence for people.
tl::expected<Secret, std::string> render(const ServedFile& file, const Rendering& rendering);

/// The row of a name or of a place; null where there is none.
const ServedFile* find_served_file(std::string_view name);
const ServedFile* find_served_file(Place place);

}  // namespace ramrolefs
