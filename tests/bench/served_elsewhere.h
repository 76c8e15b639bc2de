// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::bench {

/// Somebody else's FUSE filesystem, mounted on a directory of its own while this lives.
///
/// Owns      the process and the mount.
class ServedElsewhere {
 public:
  /// Runs `program` in the foreground, with the directory as its last argument, and waits until
  /// `file` in it can be read.
  ServedElsewhere(std::vector<std::string> program, const std::string& file);
  ServedElsewhere(const ServedElsewhere&) = delete;
  ServedElsewhere& operator=(const ServedElsewhere&) = delete;
  ~ServedElsewhere();

  std::string operator/(const std::string& name) const { return path() + "/" + name; }

 private:
  std::string path() const { return folder_ / "."; }

  e2e::Folder folder_;
  e2e::Process process_;
};

}  // namespace ramrolefs::bench
