// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ramrolefs {

/// The text with a "?" in the place of each control character, by which a name that somebody else
/// has chosen could end a line of the log, begin another, or steer a terminal. UTF-8 stays.
std::string printable(std::string_view text);

}  // namespace ramrolefs
