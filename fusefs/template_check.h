// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ramrolefs {

/// Why a template is refused.
struct TemplateFault {
  std::size_t line;    // from 1; 0: it is not of one line
  std::string reason;  // for people, without a full stop
};

/// Looks through the text of a template: that the library will take it, that each name is that of a
/// variable (a misspelt one would be rendered as nothing), and that it is of what mustache(5) has
/// without partials, other delimiters and dotted names. Sections go 32 deep at most: the library
/// recurses.
///
/// Returns   how many bytes it renders to at most, where no value is longer than is reckoned with
///           (TemplateVariable) and none grows by being escaped; 1 MiB at most.
/// Failures  the first fault.
tl::expected<std::size_t, TemplateFault> check_template(std::string_view text);

}  // namespace ramrolefs
