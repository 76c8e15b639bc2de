// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/secret.h"
#include "fusefs/contents.h"
#include "fusefs/rendering.h"

namespace ramrolefs {

/// Reads the files NAME.mustache of a directory, sorted by NAME, and looks at each: what it returns
/// can be rendered. Other files are not looked at. There are 64 at most, of 64 KiB each, that
/// render to 1 MiB each and 2 MiB all together, by the longest values that are reckoned with.
///
/// A directory that is not there has none, unless it `must_exist`.
///
/// Failures  a sentence for people: the file, the line where it is of one, and the reason. It holds
///           nothing of a template but a name that is misspelt.
/// Time      does not wait for what is not a regular file.
tl::expected<std::vector<TemplateSource>, std::string> read_templates(const std::string& directory,
                                                                      bool must_exist);

/// What the file of a template holds. Values are escaped for what the name says that it is: .json
/// (the inside of a string), .xml, .properties (of Java; a value); others not at all, nor are those
/// of {{{NAME}}} and {{&NAME}}. A section is left out where its value is empty.
///
/// Requires  a template as read_templates() returns it.
/// Threads   any; keeps nothing.
/// Time      that of parsing it: about a millisecond for a few KiB; tenths of a second, and 30 MiB
///           of memory, for 64 KiB of white space.
/// Failures  empty where there is no memory.
Secret render_template(const TemplateSource& source, const Rendering& from);

}  // namespace ramrolefs
