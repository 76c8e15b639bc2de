// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mount.h>

#include <fstream>
#include <string>

#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {

/// A tmpfs with one file: what a file costs when nothing has to be asked.
///
/// Owns      the mount.
class Tmpfs {
 public:
  Tmpfs(const std::string& name, const std::string& content) {
    ::mount("tmpfs", path().c_str(), "tmpfs", 0, nullptr);
    std::ofstream(*this / name) << content;
  }
  Tmpfs(const Tmpfs&) = delete;
  Tmpfs& operator=(const Tmpfs&) = delete;
  ~Tmpfs() { umount2(path().c_str(), MNT_DETACH); }

  std::string operator/(const std::string& name) const { return path() + "/" + name; }

 private:
  std::string path() const { return folder_ / "."; }

  e2e::Folder folder_;
};

}  // namespace ramrolefs::bench
