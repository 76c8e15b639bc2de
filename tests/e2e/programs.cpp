// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/programs.h"

#include <cstdlib>

namespace ramrolefs::e2e {
namespace {

/// Empty where there is none.
std::string sanitized_programs() {
  const char* directory = std::getenv("RAMROLEFS_SANITIZED_PROGRAMS");
  return directory != nullptr ? directory : "";
}

std::string path_of(const std::string& name) {
  return (sanitized() ? sanitized_programs() : RAMROLEFS_PROGRAMS) + "/" + name;
}

}  // namespace

std::string program_path() {
  return path_of("ramrolefs");
}

std::string emulator_path() {
  return path_of("ramrolefs-emulator");
}

std::string next_program_path() {
  return path_of("ramrolefs-next");
}

std::string layout_program_path() {
  return path_of("ramrolefs-layout");
}

bool sanitized() {
  return !sanitized_programs().empty();
}

}  // namespace ramrolefs::e2e
