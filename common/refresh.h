// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "common/backoff.h"
#include "common/due.h"
#include "common/failure.h"

namespace ramrolefs {

/// What a reader of a value is told.
enum class Answer {
  in_hand,  // the credential in hand
  wait,     // park: a flight will tell
  failure,  // there is none: Refresh::failure() says why
};

/// Decides when a flight starts, who waits for it, and for how long.
///
/// A *flight* is one fetch of the credential; one is under way at most. With a valid credential in
/// hand, readers wait for a flight until `patience` after its start, and not at all after one that
/// failed: the next ones run behind their backs. The first reader who parks begins a *vigil* of
/// `timeout`, which all who park later share, and at whose end nobody is parked any more. In a
/// vigil with nothing valid in hand, what may pass is tried again. Whoever comes in the pause after
/// a failure, with no vigil on, is given that failure at once.
///
/// Threads   one at a time; no method blocks.
/// Time      asks no clock: callers pass `now`, which must not go back.
class Refresh {
 public:
  struct Policy {
    DuePolicy due;
    Duration patience = std::chrono::seconds(1);
    Duration timeout = std::chrono::seconds(5);
  };

  Refresh(const Policy& policy, unsigned seed) : policy_(policy), backoff_(seed) {}

  bool valid(SteadyTime now) const { return lifetime_ && now < lifetime_->expires_at; }
  bool due(SteadyTime now) const { return valid(now) && now >= due_at_; }
  /// From when on it is due. Requires: there was one.
  SteadyTime due_from() const { return due_at_; }
  bool flying() const { return started_.has_value(); }

  /// What a reader who comes, or is parked, is to be told.
  Answer answer(SteadyTime now) const;

  /// A reader parks. Requires: answer() is `wait`.
  void parked(SteadyTime now);

  /// No reader is parked any more.
  void nobody_parked() { vigil_end_.reset(); }
  bool in_vigil() const { return vigil_end_.has_value(); }

  /// Whether a reader who comes now makes a flight start. Begin it with took_off().
  bool wants_flight(SteadyTime now) const;

  void took_off(SteadyTime now) {
    started_ = now;
    asked_at_.reset();
  }
  /// The flight brought a credential, or confirmed the one in hand.
  void landed(const Lifetime& lifetime);
  void failed(Failure failure, SteadyTime now);

  /// Whether the last flight failed.
  bool has_failed() const { return failure_.has_value(); }

  /// Why there is nothing, or nothing newer: of the last flight, if it failed.
  Failure failure() const;

  /// When the next flight may start, after one that failed: when the back-off is over, but in a
  /// vigil not so late that it ends without a last try.
  SteadyTime retry_at(SteadyTime now) const;

  /// From when on a flight may be under way that nobody has to wait for being told of: now, if one
  /// is or nothing valid is in hand; else the due moment, or the end of the pause after a failure.
  SteadyTime next_flight_at(SteadyTime now) const;

  /// Asks for a flight at that moment, if none would start before; it starts without a reader. A
  /// pause ends then, too, but lasts a second.
  void ask(SteadyTime at);
  /// When the flight that was asked for is to start; nothing where there is none, or it is under
  /// way.
  std::optional<SteadyTime> flight_asked_for_at(SteadyTime now) const;

  /// The credential in hand is due at that moment, if not before: it is not what is wanted.
  void due_by(SteadyTime at) { due_at_ = std::min(due_at_, at); }

  /// The credential in hand is gone before its time.
  void lost() { lifetime_.reset(); }

  /// For another process that takes over: all but the policy. `Writer` and `Reader` are what
  /// fusefs/snapshot.h has.
  template <typename Writer>
  void save(Writer& writer) const;
  /// In place of what there is. If false, it is to be thrown away.
  template <typename Reader>
  bool restore(Reader& reader);

  /// When parked readers are to be looked at again, if no flight ends before. Requires: there are
  /// some, and no flight is wanted that did not take off.
  SteadyTime wake_at(SteadyTime now) const;

 private:
  Policy policy_;
  Backoff backoff_;
  std::optional<Lifetime> lifetime_;
  SteadyTime due_at_;
  std::optional<SteadyTime> started_;    // of the flight under way
  std::optional<SteadyTime> vigil_end_;  // while readers are parked
  std::optional<Failure> failure_;       // of the last flight
  SteadyTime failed_at_;
  std::optional<SteadyTime> asked_at_;  // for a flight, by ask()
};

template <typename Writer>
void Refresh::save(Writer& writer) const {
  backoff_.save(writer);
  writer.put(lifetime_);
  writer.put(due_at_);
  writer.put(started_);
  writer.put(vigil_end_);
  writer.put(failure_.has_value());
  if (failure_) {
    writer.put(failure_->cause);
    writer.put(std::string_view(failure_->detail));
  }
  writer.put(failed_at_);
  writer.put(asked_at_);
}

template <typename Reader>
bool Refresh::restore(Reader& reader) {
  bool failed = false;
  if (!backoff_.restore(reader) || !reader.get(lifetime_) || !reader.get(due_at_) ||
      !reader.get(started_) || !reader.get(vigil_end_) || !reader.get(failed)) {
    return false;
  }
  failure_.reset();
  if (failed) {
    Failure& failure = failure_.emplace();
    if (!reader.get(failure.cause) || failure.cause > Cause::local || failure.cause < Cause{} ||
        !reader.get(failure.detail)) {
      return false;
    }
  }
  // The policy may be another now.
  if (lifetime_) due_by(due_at(*lifetime_, policy_.due));
  return reader.get(failed_at_) && reader.get(asked_at_);
}

}  // namespace ramrolefs
