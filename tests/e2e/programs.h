// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ramrolefs::e2e {

/// Where the programs under test are: those of this build, or, for e2e_test, of the directory that
/// the environment variable RAMROLEFS_SANITIZED_PROGRAMS names.
std::string program_path();
std::string emulator_path();
std::string next_program_path();    // of another version
std::string layout_program_path();  // that can't read what the usual one saves

/// Whether they are of that directory: built with a sanitizer, which is slow, keeps what is freed,
/// and needs what a process that is closed in does not have.
bool sanitized();

}  // namespace ramrolefs::e2e
