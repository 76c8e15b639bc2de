// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/test_fixture.h"

#include <sstream>
#include <utility>

namespace ramrolefs::emulator {

void EmulatorTest::start(const char* options) {
  std::vector<std::string> arguments;
  std::istringstream words(options);
  for (std::string word; words >> word;) arguments.push_back(word);
  process_.emplace(std::move(arguments));
  service_.port = process_->port();
  ASSERT_NE(0, service_.port) << process_->greeting();
}

}  // namespace ramrolefs::emulator
