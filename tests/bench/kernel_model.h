// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "fusefs/filesystem.h"

namespace ramrolefs::bench {

/// The kernel, as far as one file of ours goes: it keeps a name, its attributes and its pages for
/// as long as it was told, asks for them otherwise, and keeps processes waiting that are parked.
///
/// Threads   one.
/// Time      asks the clock, which moves between the calls.
class KernelModel {
 public:
  /// Both must outlive it.
  KernelModel(Filesystem& filesystem, const Clock& clock)
      : filesystem_(filesystem), clock_(clock) {}

  /// A process opens and reads the file, unless it still waits for its last read.
  void read(pid_t process);

  /// Something has changed: those who wait ask again.
  void retry_waiting();

  bool any_waiting() const { return !waiting_.empty(); }

  long reads() const { return reads_; }        // that brought a value
  long failed() const { return failed_; }      // that brought an errno
  long requests() const { return requests_; }  // that reached us

 private:
  void look_up(pid_t process, int tries);
  void ask(pid_t process, int tries);
  void read_pages();

  Filesystem& filesystem_;
  const Clock& clock_;
  InodeNumber inode_ = kRoot;
  SteadyTime name_until_;
  SteadyTime attributes_until_;
  std::optional<InodeNumber> pages_;
  struct Waiting {
    InodeNumber inode;
    int tries;
  };
  std::map<pid_t, Waiting> waiting_;
  long reads_ = 0;
  long failed_ = 0;
  long requests_ = 0;
};

}  // namespace ramrolefs::bench
