// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/emulator.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// A directory of a test's own, empty and open to all; removed at its end.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// What a read brought: the bytes, or the errno by which it failed, and how long it took.
struct Reading {
  int error = 0;
  std::string text;
  std::chrono::steady_clock::duration took{};
};

/// Opens, reads to the end, closes.
Reading read_file(const std::string& path);

/// The whole program on a real mount: `ramrolefs --foreground` in front of an emulator.
class Mounted {
 public:
  /// `environment`: "NAME=value", in addition.
  explicit Mounted(const Emulator& emulator, const std::vector<std::string>& options = {},
                   const std::vector<std::string>& environment = {});
  ~Mounted();

  std::string path() const { return folder_ / "mount"; }
  std::string operator/(const std::string& name) const { return path() + "/" + name; }
  Reading read(const std::string& name) const { return read_file(*this / name); }

  Process& process() { return process_; }
  /// All that it has logged, a line for each request among it (--log-level=trace).
  std::string log() const { return process_.err(); }
  /// How many times the log has it.
  int logged(const std::string& text) const;

 private:
  Folder folder_;
  Process process_;
};

/// Whether something is mounted there.
bool is_mounted(const std::string& path);

/// The three values, as one text.
std::string triple(const Mounted& mount);
std::string triple(const Emulator& emulator);

}  // namespace ramrolefs::e2e
