// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fusefs/filesystem.h"

namespace ramrolefs::unit {

/// What outlives the process that serves a mount.
struct MountMemory {
  AnonymousMemory bytes{GenerationMemory::size_for(Generations::kKept + 1)};
  GenerationMemory generations{bytes.bytes()};
  GenerationCounter counter{};
};

/// A Filesystem whose process may be killed: the next one goes on in its place. So that every story
/// of the tests is told of that too, RAMROLEFS_TEST_KILL in the environment has it happen at each
/// call:
///   before  between two calls;
///   replay  when a request was handled and the state saved, but no answer given: it comes again;
///   lost    in the middle of a call: all is lost of it but what it did to the memory.
/// Whatever happens, no call may change the state without changes() saying so.
class Mortal {
 public:
  Mortal(Filesystem::Options options, const Clock& clock, MountMemory& memory,
         std::function<void()> take_off);

  /// It is killed, and another one takes over, with other options if there are any. `snapshot` is
  /// what it reads. Whether it could.
  bool take_over(std::vector<std::byte> snapshot,
                 std::optional<Filesystem::Options> options = std::nullopt,
                 Duration outage = Duration::zero());
  bool take_over() { return take_over(snapshot()); }
  std::vector<std::byte> snapshot() const;

  Filesystem& alive() { return *filesystem_; }

  // Requests.
  auto lookup(InodeNumber parent, std::string_view name, const Caller& caller) {
    return again([&] { return filesystem_->lookup(parent, name, caller); });
  }
  auto getattr(InodeNumber inode, const Caller& caller) {
    return again([&] { return filesystem_->getattr(inode, caller); });
  }
  auto interrupted(const Caller& caller) {
    return again([&] { return filesystem_->interrupted(caller); });
  }
  auto read(InodeNumber inode) {
    return again([&] { return filesystem_->read(inode); });
  }
  auto list(InodeNumber directory) {
    return again([&] { return filesystem_->list(directory); });
  }
  auto ask_for_refresh(const Caller& caller) {
    return again([&] { return filesystem_->ask_for_refresh(caller); });
  }
  auto rename(InodeNumber from_parent, std::string_view from, InodeNumber to_parent,
              std::string_view to, pid_t thread) {
    return again([&] { return filesystem_->rename(from_parent, from, to_parent, to, thread); });
  }

  // What else happens.
  void landed(const Result<Fetched>& brought) {
    once([&] { return filesystem_->landed(brought), 0; });
  }
  void tick() {
    once([&] { return filesystem_->tick(), 0; });
  }
  void nobody_parked() {
    once([&] { return filesystem_->nobody_parked(), 0; });
  }
  void announcer_begins(pid_t process) {
    once([&] { return filesystem_->announcer_begins(process), 0; });
  }
  void announcer_ended() {
    once([&] { return filesystem_->announcer_ended(), 0; });
  }
  std::vector<Rename> to_announce() {
    return once([&] { return filesystem_->to_announce(); });
  }
  void announced(GenerationId generation, Seat seat) {
    once([&] { return filesystem_->announced(generation, seat), 0; });
  }

  std::optional<SteadyTime> wake_at(bool any_parked) const {
    return filesystem_->wake_at(any_parked);
  }
  std::string summary() const { return filesystem_->summary(); }

 private:
  enum class Kill { never, before, replay, lost };
  static Kill kill_when();

  /// A call that is made once.
  template <typename Call>
  std::invoke_result_t<Call> once(Call call) {
    if (kill_ == Kill::before) must_take_over(snapshot());
    if (kill_ == Kill::lost) {
      const auto saved = snapshot();
      doomed_ = true;
      call();
      doomed_ = false;
      must_take_over(saved);
    }
    const auto saved = snapshot();
    const auto changes = filesystem_->changes();
    auto answer = call();
    if (filesystem_->changes() == changes) must_be_the_same(saved);
    return answer;
  }

  /// A request, which comes again if it was not answered.
  template <typename Call>
  std::invoke_result_t<Call> again(Call call) {
    if (kill_ == Kill::replay) {
      call();
      must_take_over(snapshot());
    }
    return once(call);
  }

  void begin(const Filesystem::Options& options);
  void must_take_over(std::vector<std::byte> snapshot);
  void must_be_the_same(const std::vector<std::byte>& before) const;

  Filesystem::Options options_;
  const Clock& clock_;
  MountMemory& memory_;
  std::function<void()> take_off_;
  Kill kill_;
  bool doomed_ = false;  // what takes off now is known to nobody
  std::optional<Filesystem> filesystem_;
};

/// Makes a snapshot whole again after something in it was changed.
void seal(std::vector<std::byte>& snapshot);

}  // namespace ramrolefs::unit
