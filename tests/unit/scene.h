// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "fusefs/filesystem.h"
#include "tests/unit/fake_clock.h"
#include "tests/unit/mortal.h"

namespace ramrolefs::unit {

constexpr uid_t kOwner = 1000;
constexpr pid_t kAnnouncer = 5;

/// The same, whose files are kOwner's.
Filesystem::Options owned(Filesystem::Options options);

/// Who may read, and who may not, by the mode of a Scene. Each thread is somebody else.
Caller owner(pid_t thread = 1);
Caller stranger(pid_t thread = 99);

/// The owner too, but a process with kin.
Caller kin(const Kin& kin);

/// A Filesystem of kOwner's, on a clock that stands still, with flights that are only counted.
class Scene {
 public:
  explicit Scene(Filesystem::Options options = {});

  /// The flight under way brings credential `number`, which ends at `end` after kStart.
  void land(int number = 1, Duration end = std::chrono::hours(6));
  void fail(Cause cause);

  /// After `wait`, by which it is due, somebody who is no kin of the readers reads, and the flight
  /// brings `number`.
  void rotate(int number, Duration wait = std::chrono::minutes(10));

  /// A flight brought it, with nobody waiting: the state in which most tests begin.
  void begin_with(int number = 1, Duration end = std::chrono::hours(6));

  FakeClock clock;
  int flights = 0;
  int parked = 0;  // readers
  MountMemory memory;
  Mortal filesystem;

 private:
  SteadyTime took_off_;
};

/// What one open(2) and read(2) of a name come to, request by request, as the kernel makes them: a
/// LOOKUP, a GETATTR unless LOOKUP gave attributes to keep, and once more after ESTALE; a READ.
class Reader {
 public:
  /// `name`: in the root, or in a view ("php/AccessKeyId").
  Reader(Scene& scene, Caller caller, std::string name = "AccessKeyId");
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { leave(); }  // killed, if it is parked

  /// Goes as far as it gets: what the file holds, "parked", or the name of the errno. A parked one
  /// goes on from there, as after landed() and at wake_at().
  std::string go();

  /// Gets a signal while parked.
  std::string interrupt();

  /// The inode that the name stood for at last.
  std::optional<InodeNumber> inode() const { return inode_; }

 private:
  std::string look_up();
  std::string ask();
  std::string go_back_or_end(Errno error);
  std::string read() const;
  void leave();

  Scene& scene_;
  Caller caller_;
  InodeNumber parent_;
  std::string name_;
  std::optional<InodeNumber> inode_;
  int lookups_ = 0;
  bool parked_ = false;
};

/// The inode of a name, as a LOOKUP of the owner gives it.
InodeNumber inode_of(Scene& scene, const std::string& name = "AccessKeyId");

/// The same in one go, by the owner.
std::string read_file(Scene& scene, const std::string& name = "AccessKeyId", pid_t thread = 1);

/// What a READ of the inode gets: what it holds, "parked", or the name of the errno.
std::string read_inode(Scene& scene, InodeNumber inode);

/// For comparing: "ESTALE".
std::string words(Errno error);

}  // namespace ramrolefs::unit
