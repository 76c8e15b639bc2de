// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fusefs/options.h"

namespace ramrolefs {

/// The program begins anew in its own process (execve(2)), with the program file and the
/// configuration that are there by then: what SIGHUP asks for. In the foreground, where the service
/// manager knows the process id, it keeps that; in the background the new program forks again.
///
/// Threads   one at a time.
class Restart {
 public:
  /// Remembers how the program was called. To be made before the working directory is changed;
  /// `words` must outlive it.
  Restart(int count, char* const* words);

  /// Whether the options, read anew, would do in the place of `current`. What is wrong with them
  /// is a line in the log.
  bool possible(const Options& current) const;

  /// Begins anew. Returns only if that fails, with a line in the log.
  void now() const;

 private:
  int count_;
  char* const* words_;
  std::string program_;
  std::string directory_;
};

}  // namespace ramrolefs
