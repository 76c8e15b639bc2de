// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusefs/file_descriptor.h"

namespace ramrolefs::e2e {

/// An inotify watcher of one folder or file.
class Watcher {
 public:
  explicit Watcher(const std::string& path);

  struct Event {
    std::uint32_t what;  // IN_MOVED_TO, …
    std::string name;    // "" of the file itself
  };

  /// All that it was told so far.
  const std::vector<Event>& events();
  /// The names that came with such an event, in their order.
  std::vector<std::string> names(std::uint32_t what);
  bool was_told(std::uint32_t what) { return !names(what).empty(); }
  /// How often something was moved onto that name.
  int announced(const std::string& name);

 private:
  FileDescriptor inotify_;
  std::vector<Event> events_;
};

}  // namespace ramrolefs::e2e
