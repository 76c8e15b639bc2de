// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// A network namespace of the test's own.
class NetworkNamespace {
 public:
  NetworkNamespace() : name_("ramrolefs-" + std::to_string(getpid())) {
    run({"ip", "netns", "add", name_});
  }
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;
  ~NetworkNamespace() { run({"ip", "netns", "del", name_}); }

  int ip(std::vector<std::string> words) const {
    std::vector<std::string> all{"ip", "-n", name_};
    all.insert(all.end(), words.begin(), words.end());
    return run(all).status;
  }
  /// In this network, but in the mount namespace of the test, unlike `ip netns exec`.
  Process start(std::vector<std::string> words) const {
    std::vector<std::string> all{"nsenter", "--net=/run/netns/" + name_};
    all.insert(all.end(), words.begin(), words.end());
    return Process(all);
  }

 private:
  std::string name_;
};

}  // namespace ramrolefs::e2e
