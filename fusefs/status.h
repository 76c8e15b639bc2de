// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ramrolefs {

/// Prints how the mount at `place` (the only one if empty) fares, by its .ramrolefs/status.json:
/// for people, or that document. Asks nothing of the metadata service, and ends though the mount
/// hangs.
///
/// Returns 0 for what is fresh or idle; 1 for what is stale; 2 for what has failed, does not
/// answer, may not be read, or is not told from others; 3 if none is mounted. What is wrong is a
/// sentence.
int show_status(const std::string& place, bool as_json);

}  // namespace ramrolefs
