// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/watcher.h"

#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace ramrolefs::e2e {

Watcher::Watcher(const std::string& path) : inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  // Not IN_OPEN, IN_ACCESS and IN_CLOSE: a test that reads would tell itself.
  const std::uint32_t what =
      IN_MOVE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_MODIFY;
  if (inotify_add_watch(inotify_.get(), path.c_str(), what) < 0) {
    throw std::runtime_error("inotify_add_watch: " + path + ": " + strerror(errno));
  }
}

const std::vector<Watcher::Event>& Watcher::events() {
  std::array<char, 8192> bytes{};
  for (ssize_t got = 0; (got = read(inotify_.get(), bytes.data(), bytes.size())) > 0;) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, &bytes[at], sizeof event);
      const char* name = event.len > 0 ? &bytes[at + sizeof event] : "";
      events_.push_back({event.mask, name});
      at += sizeof event + event.len;
    }
  }
  return events_;
}

std::vector<std::string> Watcher::names(std::uint32_t what) {
  std::vector<std::string> found;
  for (const Event& event : events()) {
    if ((event.what & what) != 0) found.push_back(event.name);
  }
  return found;
}

int Watcher::announced(const std::string& name) {
  const auto moved = names(IN_MOVED_TO);
  return static_cast<int>(std::count(moved.begin(), moved.end(), name));
}

}  // namespace ramrolefs::e2e
