// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/programs.h"

#include <cstdlib>

namespace ramrolefs::e2e {
namespace {

std::string path_of(const std::string& name) {
  const char* directory = std::getenv("RAMROLEFS_SANITIZED");
  return (directory != nullptr ? std::string(directory) : RAMROLEFS_PROGRAMS) + "/" + name;
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
  return std::getenv("RAMROLEFS_SANITIZED") != nullptr;
}

}  // namespace ramrolefs::e2e
