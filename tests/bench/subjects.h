// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/slice.h"
#include "tests/e2e/emulator.h"

namespace ramrolefs::bench {

/// One way to get at something small that somebody else keeps: a row of the comparison.
class Subject {
 public:
  explicit Subject(std::string name) : name_(std::move(name)) {}
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  const std::string& name() const { return name_; }

  /// Has so many readers read all the time.
  virtual Slice measure(int readers, Seconds length) const = 0;

  /// How many times the usual length a slice needs to hold enough reads.
  virtual int patience() const { return 1; }

 private:
  std::string name_;
};

/// Where the SDK looks for the metadata service, and nowhere else.
inline constexpr const char* kServiceAddress = "100.100.100.200";

/// All that can be measured here. `tools` is the directory that tests/bench/tools has filled: what
/// is not in it is left out, with a line on standard error. `emulator` must outlive them.
std::vector<std::unique_ptr<Subject>> make_subjects(const e2e::Emulator& emulator,
                                                    const std::string& tools);

}  // namespace ramrolefs::bench
