// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/tokens.h"

namespace ramrolefs::emulator {

std::string Tokens::issue(RandomText& random, Duration ttl, SteadyTime now) {
  std::erase_if(expiry_, [&](const auto& entry) { return entry.second <= now; });
  std::string token = random.base64(56);
  expiry_[token] = now + ttl;
  return token;
}

bool Tokens::valid(const std::string& token, SteadyTime now) const {
  const auto entry = expiry_.find(token);
  return entry != expiry_.end() && now < entry->second;
}

void Tokens::invalidate_all() {
  expiry_.clear();
}

}  // namespace ramrolefs::emulator
