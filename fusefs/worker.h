// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ramrolefs {

/// Whether the program was started by this name to be a worker.
bool is_worker(const char* name);

/// All that a worker does, with what the monitor gave it (processes.h). Returns the exit status.
int work(int count, const char* const* words);

}  // namespace ramrolefs
