// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/secret.h"
#include "fusefs/rendering.h"

namespace ramrolefs {

/// What a template can name.
struct TemplateVariable {
  std::string_view name;
  std::size_t longest;  // that is reckoned with, in bytes
  Secret (*value)(const Rendering&);
};

/// All of them: the values under the names of their files, and two that are in no file.
extern const std::array<TemplateVariable, 8> kTemplateVariables;

/// The row of a name; null where there is none.
const TemplateVariable* find_template_variable(std::string_view name);

/// The names in one line, for people.
std::string template_variable_names();

}  // namespace ramrolefs
