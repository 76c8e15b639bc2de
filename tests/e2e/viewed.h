// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "fusefs/file_descriptor.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// Sections of a configuration file.
inline constexpr const char* kPhp = R"(
[view.php]
uid = 4711
gid = 4711
newline = true
files = ["AccessKeyId", "AccessKeySecret", "SecurityToken"]
)";
inline constexpr const char* kLeast = R"(
[view.least]
uid = 4721
gid = 4721
files = ["RoleName"]
)";

/// Users, by number.
inline constexpr const char* kPhpsUser = "4711";
inline constexpr const char* kLeastsUser = "4721";
inline constexpr const char* kStranger = "4713";

/// The words, and one more.
std::vector<std::string> with(std::vector<std::string> words, const std::string& more);

Finished run_as(const std::string& user, std::vector<std::string> words);

/// A mount with these two views.
class Viewed {
 public:
  explicit Viewed(const Emulator& emulator, const std::vector<std::string>& options = {});

  void configure(const std::string& text) const;
  void hang_up() { mount_.process().signal(SIGHUP); }
  Mounted& mount() { return mount_; }
  Reading read(const std::string& name) const { return mount_.read(name); }
  std::string operator/(const std::string& name) const { return mount_ / name; }

 private:
  Folder folder_;
  Mounted mount_;
};

FileDescriptor open_path(const std::string& path, int how = 0);

/// All that the file has, past the kernel's cache; by which errno it failed.
Reading read_held(const FileDescriptor& file);

}  // namespace ramrolefs::e2e
