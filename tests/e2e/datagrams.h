// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fusefs/file_descriptor.h"

namespace ramrolefs::e2e {

/// A datagram socket of the test's own, in the place of a syslog or a service manager.
class Datagrams {
 public:
  explicit Datagrams(const std::string& path);

  /// What has come so far, a line each.
  const std::string& lines();

 private:
  FileDescriptor socket_;
  std::string lines_;
};

}  // namespace ramrolefs::e2e
