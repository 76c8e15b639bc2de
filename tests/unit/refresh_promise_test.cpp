// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <vector>

#include "tests/unit/credentials.h"
#include "tests/unit/refresh_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr Duration kStep = 10ms;

// Short lives and a service that is as often bad as good: each state is met many times an hour.
constexpr Refresh::Policy kPolicy{.due = {.refresh_before = 10s, .max_age = 6s}};

/// Readers who come at random, and a service that answers, fails or hangs at random.
class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed), refresh_(kPolicy, seed) {}

  void run(Duration length) {
    for (now_ = kStart; now_ < kStart + length; now_ += kStep) {
      if (lands_ && now_ >= *lands_) land();
      if (one_in(30)) readers_.push_back({now_, refresh_.valid(now_)});
      std::erase_if(readers_, [&](Reader& reader) { return answer(reader); });
      if (readers_.empty()) refresh_.nobody_parked();
      if (testing::Test::HasFailure()) return;
    }
  }

  int in_hand() const { return in_hand_; }
  int failed() const { return failed_; }
  int waited() const { return waited_; }

 private:
  struct Reader {
    SteadyTime came;
    bool always_valid;  // something valid was in hand all the time that it waited
  };

  bool one_in(int n) { return std::uniform_int_distribution(1, n)(random_) == 1; }

  Duration up_to(Duration most) {
    return Duration(std::uniform_int_distribution<Duration::rep>(0, most.count())(random_));
  }

  void land() {
    lands_.reset();
    if (one_in(2)) {
      Lifetime lifetime{now_, now_ + 1s + up_to(40s), 1h};
      // Not one that is due again by the time it lands.
      if (due_at(lifetime, kPolicy.due) <= now_) lifetime.expires_at += kPolicy.timeout;
      refresh_.landed(lifetime);
    } else {
      refresh_.failed({one_in(2) ? Cause::refused : Cause::no_role, ""}, now_);
    }
  }

  /// Whether the reader goes.
  bool answer(Reader& reader) {
    reader.always_valid = reader.always_valid && refresh_.valid(now_);
    const Duration waited = now_ - reader.came;
    EXPECT_LE(waited, kPolicy.timeout) << at();
    EXPECT_TRUE(!reader.always_valid || waited <= kPolicy.patience) << at();
    if (refresh_.wants_flight(now_)) take_off();
    const Answer answer = refresh_.answer(now_);
    if (answer == Answer::wait) {
      refresh_.parked(now_);
      ++waited_;
      return false;
    }
    EXPECT_EQ(answer == Answer::in_hand, refresh_.valid(now_)) << at();
    ++(answer == Answer::in_hand ? in_hand_ : failed_);
    return true;
  }

  void take_off() {
    EXPECT_FALSE(lands_) << "a second flight " << at();
    refresh_.took_off(now_);
    took_off_ = now_;
    lands_ = now_ + (one_in(4) ? kPolicy.timeout : up_to(2s));
  }

  std::string at() const { return "at " + std::to_string(in_seconds(now_ - kStart)); }

  std::minstd_rand random_;
  Refresh refresh_;
  SteadyTime now_;
  SteadyTime took_off_;
  std::optional<SteadyTime> lands_;
  std::vector<Reader> readers_;
  int in_hand_ = 0;
  int failed_ = 0;
  int waited_ = 0;
};

TEST(RefreshPromise, WhateverHappensNobodyWaitsLongerThanPromised) {
  int in_hand = 0;
  int failed = 0;
  int waited = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chaos chaos(seed);
    chaos.run(10min);
    if (HasFailure()) return;
    in_hand += chaos.in_hand();
    failed += chaos.failed();
    waited += chaos.waited();
  }
  EXPECT_GT(in_hand, 1000);
  EXPECT_GT(failed, 1000);
  EXPECT_GT(waited, 1000);
}

}  // namespace
}  // namespace ramrolefs::unit
