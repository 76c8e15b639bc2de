// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ramrolefs {

/// For --help: the commands, a line each.
extern const char* const kCommandsHelp;

/// Their names.
std::vector<std::string> names_of_commands();

/// Runs what else the program can do beside mounting, `ramrolefs COMMAND ...`: for people and
/// scripts, mostly on a mount that another process serves. Returns the exit status to end with at
/// once, 2 for a wrong option; nothing where the command line names no command.
std::optional<int> run_command(int count, const char* const* words);

}  // namespace ramrolefs
