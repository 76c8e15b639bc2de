// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/inotify.h>

#include <array>
#include <cstddef>
#include <string>

#include "fusefs/file_descriptor.h"

namespace ramrolefs::bench {

/// Somebody who watches a directory for changes, as `inotifywait -m` does.
class Watcher {
 public:
  explicit Watcher(const std::string& directory) : queue_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    constexpr unsigned kChanges =
        IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MODIFY | IN_MOVE;
    watches_ = inotify_add_watch(queue_.get(), directory.c_str(), kChanges) >= 0;
  }

  bool watches() const { return watches_; }

  /// How many events have come since the last call.
  int take_events() {
    alignas(inotify_event) std::array<char, 65536> events;
    int count = 0;
    ssize_t got = 0;
    while ((got = read(queue_.get(), events.data(), events.size())) > 0) {
      for (std::size_t at = 0; at < static_cast<std::size_t>(got); ++count) {
        at += sizeof(inotify_event) + reinterpret_cast<inotify_event*>(events.data() + at)->len;
      }
    }
    return count;
  }

 private:
  FileDescriptor queue_;
  bool watches_ = false;
};

}  // namespace ramrolefs::bench
