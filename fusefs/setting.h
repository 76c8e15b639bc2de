// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ramrolefs {

/// What a line of the configuration file, or an entry of `-o`, says of an option.
struct Setting {
  std::string name;                  // without the "--"
  std::optional<std::string> value;  // nothing where it is named alone, as a flag is
  std::string where;                 // for people: "/etc/ramrolefs/ramrolefs.conf, line 3"
};

/// A section [view.NAME] of the configuration file.
struct ViewSection {
  std::string name;
  std::string where;
  std::vector<Setting> settings;
};

}  // namespace ramrolefs
