// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "fusefs/announcements.h"
#include "fusefs/file_descriptor.h"

namespace ramrolefs {

/// The process that announces rotations: it makes the renames that it is told, one after another,
/// says of each that it is over, and does nothing else. It is a process of its own because who is
/// killed in a rename(2) on a mount that he serves himself can't die: the kernel waits for an
/// answer that nobody gives any more (request_wait_answer() in fs/fuse/dev.c).
///
/// Threads   one at a time.
/// Owns      the process. The destructor kills it and waits a second at most: a descriptor of
///           /dev/fuse that is closed by then frees it from any rename.
/// Failures  without it, nothing is announced; running() says so.
class Announcer {
 public:
  /// Starts it. To be called before there is any other thread, and before there are descriptors
  /// that it must not have.
  Announcer();
  Announcer(const Announcer&) = delete;
  Announcer& operator=(const Announcer&) = delete;
  ~Announcer();

  bool running() const { return socket_.valid(); }
  pid_t process() const { return process_; }

  /// Where the names of its renames are: in a mount that only it holds, or by path. A descriptor of
  /// the mount that everybody sees, in whatever process, would make umount(8) fail with EBUSY.
  void work_in(FileDescriptor mount);
  void work_in(const std::string& directory) { prefix_ = directory + "/"; }

  /// Has it make that rename. Waits for nothing, and allocates nothing.
  void order(const Rename& rename);

  /// Readable when there is something for take_answer(); -1 when it is not running.
  int descriptor() const { return socket_.get(); }
  /// An errno for each rename that is over, or 0; nothing where there is none now. Notices its end.
  std::optional<int> take_answer();

  /// Ends it, also if somebody has stopped it: it must not keep a filesystem alive.
  void end();

 private:
  FileDescriptor socket_;  // a message a rename, and a message an answer
  pid_t process_ = -1;
  std::string prefix_;
};

}  // namespace ramrolefs
