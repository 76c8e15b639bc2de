// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/options.h"
#include "fusefs/setting.h"

namespace ramrolefs {

/// Makes the views of the options out of the sections. What a section does not say is as the root
/// has it for uid and gid, else by its own default. The error is a sentence for people that names
/// the place.
tl::expected<void, std::string> add_views(const std::vector<ViewSection>& sections,
                                          Options& options);

/// What can be looked at only when the templates are known: whether there are the files that
/// `said`, the sections, and the command line name, and whether a view has the name of a file. A
/// view's `templates` that are all become their names. The error is as above.
tl::expected<void, std::string> check_contents(const std::vector<Setting>& said,
                                               const std::vector<ViewSection>& sections,
                                               Options& options);

}  // namespace ramrolefs
