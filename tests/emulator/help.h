// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace ramrolefs::emulator {

/// A term and what it means.
struct HelpRow {
  std::string term;
  std::string meaning;
};

/// The page that --help shows, in the manner of a man page. What it says of controls and faults
/// comes from the tables that serve them.
std::string help_page(const std::vector<HelpRow>& options);

}  // namespace ramrolefs::emulator
