// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace ramrolefs {

/// What a line of the configuration file, or an entry of `-o`, says of an option.
struct Setting {
  std::string name;                  // without the "--"
  std::optional<std::string> value;  // nothing where it is named alone, as a flag is
  std::string where;                 // for people: "/etc/ramrolefs/ramrolefs.conf, line 3"
};

}  // namespace ramrolefs
