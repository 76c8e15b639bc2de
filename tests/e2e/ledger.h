// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/e2e/emulator.h"

namespace ramrolefs::e2e {

/// The credentials that an emulator has made: which values belong together.
class Ledger {
 public:
  explicit Ledger(const Emulator& emulator) : emulator_(emulator) { record(); }

  void rotate();

  bool knows(const std::string& id) const { return values_.contains(id); }
  /// Whether these three are of one credential.
  bool whole(const std::string& id, const std::string& secret, const std::string& token) const;
  int size() const { return static_cast<int>(values_.size()); }

 private:
  void record();

  const Emulator& emulator_;
  std::map<std::string, std::pair<std::string, std::string>> values_;
};

}  // namespace ramrolefs::e2e
