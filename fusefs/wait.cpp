// SPDX-License-Identifier: Apache-2.0
#include "fusefs/wait.h"

#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

// While there is nothing, reads are answered at once, and start a fetch every few seconds at most.
constexpr std::chrono::milliseconds kPause{100};

/// Why the last try was in vain.
class Reason {
 public:
  void set(const std::string& text) {
    const std::lock_guard lock(mutex_);
    text_ = text;
  }
  std::string get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_ = "the mount does not answer";
};

}  // namespace

int wait_for_credential(const std::string& place, Duration timeout) {
  const auto reason = std::make_shared<Reason>();
  const auto found = within(timeout, [place, reason] {
    for (;;) {
      const auto value = find_files(place).and_then(read_access_key_id);
      if (value) return true;
      reason->set(value.error());
      std::this_thread::sleep_for(kPause);
    }
  });
  if (found) return 0;
  const double seconds = std::chrono::duration<double>(timeout).count();
  std::fprintf(stderr, "ramrolefs wait: no credential within %g s: %s\n", seconds,
               reason->get().c_str());
  return 1;
}

}  // namespace ramrolefs
