// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/log.h"
#include "fusefs/file_descriptor.h"

namespace ramrolefs {

/// The way into the background: the command that the user called returns when the mount answers,
/// or fails with what the daemon says.
///
/// Threads   before any other is there.
class Daemon {
 public:
  /// Opens standard input, output and error where they are closed, lest a mount's descriptor
  /// becomes one of them. Secrets never get into a core dump from here on, and a reader of our log
  /// who goes away ends nothing (SIGPIPE).
  static void guard_process();
  /// Undoes what of that a program would inherit that execve(2) puts in the place of this one.
  static void unguard_process();

  /// Forks. In the parent: waits, and returns the exit status to end with. In the child, which is
  /// the daemon, in a session of its own: nothing.
  std::optional<int> detach();

  /// In the daemon: lets the parent end with 0, and gives up the terminal. Does nothing without
  /// detach().
  void ready();

 private:
  FileDescriptor ready_;
};

/// Gives up the terminal: standard error is kept where it is a file.
void give_up_terminal();

/// Where the log of a process of the mount goes: a daemon whose standard error is no file has none.
log::Sink log_sink(bool foreground);

}  // namespace ramrolefs
