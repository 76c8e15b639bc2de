// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/ledger.h"

namespace ramrolefs::e2e {

void Ledger::rotate() {
  emulator_.rotate();
  record();
}

void Ledger::record() {
  values_[emulator_.now("AccessKeyId")] = {emulator_.now("AccessKeySecret"),
                                           emulator_.now("SecurityToken")};
}

bool Ledger::whole(const std::string& id, const std::string& secret,
                   const std::string& token) const {
  const auto found = values_.find(id);
  return found != values_.end() && found->second == std::pair{secret, token};
}

}  // namespace ramrolefs::e2e
