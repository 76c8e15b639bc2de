// SPDX-License-Identifier: Apache-2.0
#include "common/refresh.h"

#include <algorithm>
#include <utility>

namespace ramrolefs {

Answer Refresh::answer(SteadyTime now) const {
  if (valid(now)) {
    if (!due(now) || failure_) return Answer::in_hand;
    const bool spent = started_ && now >= *started_ + policy_.patience;
    const bool over = vigil_end_ && now >= *vigil_end_;
    return spent || over ? Answer::in_hand : Answer::wait;
  }
  if (vigil_end_) return now < *vigil_end_ ? Answer::wait : Answer::failure;
  const bool pausing = failure_ && !started_ && now < retry_at(now);
  return pausing ? Answer::failure : Answer::wait;
}

void Refresh::parked(SteadyTime now) {
  if (!vigil_end_) vigil_end_ = now + policy_.timeout;
}

bool Refresh::wants_flight(SteadyTime now) const {
  if (started_ || (valid(now) && !due(now))) return false;
  return !failure_ || now >= retry_at(now);
}

void Refresh::landed(const Lifetime& lifetime) {
  lifetime_ = lifetime;
  due_at_ = due_at(lifetime, policy_.due);
  started_.reset();
  vigil_end_.reset();
  failure_.reset();
  backoff_.succeeded();
}

void Refresh::failed(Failure failure, SteadyTime now) {
  const bool hopeless = !may_pass(failure.cause);
  failure_ = std::move(failure);
  failed_at_ = now;
  started_.reset();
  backoff_.failed();
  // A vigil that can't see another flight is over.
  if (vigil_end_ && (hopeless || retry_at(now) >= *vigil_end_)) vigil_end_.reset();
}

Failure Refresh::failure() const {
  const bool of_this_vigil = !vigil_end_ || failed_at_ >= *vigil_end_ - policy_.timeout;
  if (failure_ && of_this_vigil) return *failure_;
  return {Cause::timed_out, "the flight under way has taken all of the time-out"};
}

SteadyTime Refresh::retry_at(SteadyTime now) const {
  const auto range = valid(now) ? Backoff::kInHand : Backoff::kEmptyHanded;
  SteadyTime at = failed_at_ + backoff_.pause(range);
  // Who asks again and again gets no more than the first pause makes of it.
  if (asked_at_) at = std::min(at, std::max(*asked_at_, failed_at_ + Backoff::kInHand.first));
  if (!vigil_end_) return at;
  // The pause before the last flight is cut short, so that a service which comes up late in the
  // vigil is found all the same.
  const SteadyTime last = *vigil_end_ - policy_.timeout / 5;
  return failed_at_ < last ? std::min(at, std::max(last, failed_at_ + range.first)) : at;
}

SteadyTime Refresh::next_flight_at(SteadyTime now) const {
  if (!valid(now) || flying()) return now;
  return failure_ ? std::max(due_at_, retry_at(now)) : due_at_;
}

void Refresh::ask(SteadyTime at) {
  if (flying()) return;
  due_at_ = std::min(due_at_, at);
  asked_at_ = std::min(asked_at_.value_or(at), at);
}

std::optional<SteadyTime> Refresh::flight_asked_for_at(SteadyTime now) const {
  if (!asked_at_ || flying()) return std::nullopt;
  return failure_ ? std::max(*asked_at_, retry_at(now)) : *asked_at_;
}

SteadyTime Refresh::wake_at(SteadyTime now) const {
  SteadyTime at = vigil_end_.value_or(now);
  if (valid(now)) at = std::min(at, lifetime_->expires_at);
  if (valid(now) && started_) at = std::min(at, *started_ + policy_.patience);
  if (!started_ && failure_) at = std::min(at, retry_at(now));
  return at;
}

}  // namespace ramrolefs
