// SPDX-License-Identifier: Apache-2.0
// What ends and changes sweeps, and that nothing is kept of those that are over.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/sweeps_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr GenerationId kOld{1};
constexpr GenerationId kNext{2};
constexpr GenerationId kLater{3};

/// Two processes in sweeps of kNext, one in one of kOld, all at kStart.
class SweepsEnd : public testing::Test {
 protected:
  SweepsEnd() {
    sweeps_.lookup(one_, kA, kNext, kStart);
    sweeps_.lookup(two_, kA, kNext, kStart);
    sweeps_.lookup(old_, kA, kOld, kStart);
  }

  GenerationId next_of(const Kin& kin) { return sweeps_.lookup(kin, kB, kLater, kStart + 1s); }

  const Kin one_ = loner(100);
  const Kin two_ = loner(101);
  const Kin old_ = loner(102);
  Sweeps sweeps_{kWindow};
};

TEST_F(SweepsEnd, GenerationOfIsThatOfTheProcessWhileItsSweepLives) {
  EXPECT_EQ(sweeps_.generation_of(one_, kStart + kWindow - 1ns), kNext);
  EXPECT_EQ(sweeps_.generation_of(old_, kStart), kOld);
  EXPECT_EQ(sweeps_.generation_of(one_, kStart + kWindow), std::nullopt);
  const Kin child{103, one_.process, one_.group, one_.session, 2ms};
  EXPECT_EQ(sweeps_.generation_of(child, kStart), std::nullopt) << "of the process alone";
}

TEST_F(SweepsEnd, SettleGivesAllSweepsOfAGenerationAnother) {
  sweeps_.settle(kNext, kOld);
  EXPECT_EQ(next_of(one_), kOld);
  EXPECT_EQ(next_of(two_), kOld);
  EXPECT_EQ(next_of(old_), kOld);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart + 1s), kStart + 1s + kWindow);
}

TEST_F(SweepsEnd, SettleOfAProcessLeavesTheOthers) {
  sweeps_.settle(one_, kNext, kOld);
  sweeps_.settle(old_, kNext, kLater);
  sweeps_.settle(loner(999), kNext, kLater);
  sweeps_.settle(Kin{}, kNext, kLater);
  EXPECT_EQ(next_of(one_), kOld);
  EXPECT_EQ(next_of(two_), kNext);
  EXPECT_EQ(next_of(old_), kOld) << "it was not of that generation";
}

TEST_F(SweepsEnd, SettledSweepsCountAsOlderOnes) {
  sweeps_.end(kOld);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart), std::nullopt);
  sweeps_.settle(one_, kNext, kOld);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart), kStart + kWindow) << "a process's";
  sweeps_.end(kOld);
  sweeps_.settle(kNext, kOld);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart), kStart + kWindow) << "all";
}

TEST_F(SweepsEnd, SettlingAGenerationWithoutSweepsChangesNothing) {
  sweeps_.settle(kLater, kOld);
  EXPECT_EQ(next_of(one_), kNext);
  sweeps_.end(kLater);
  EXPECT_EQ(next_of(two_), kNext);
}

TEST_F(SweepsEnd, EndEndsTheSweepsOfAGenerationAtOnce) {
  sweeps_.end(kNext);
  EXPECT_EQ(sweeps_.generation_of(one_, kStart), std::nullopt);
  EXPECT_EQ(next_of(one_), kLater);
  EXPECT_EQ(next_of(two_), kLater);
  EXPECT_EQ(next_of(old_), kOld);
}

TEST_F(SweepsEnd, OlderEndIsOneWindowAfterTheLastLookupOfAnyOlderGeneration) {
  EXPECT_EQ(sweeps_.older_end(kOld, kStart), std::nullopt);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart), kStart + kWindow);
  EXPECT_EQ(next_of(old_), kOld);
  EXPECT_EQ(sweeps_.older_end(kLater, kStart + 1s), kStart + 1s + kWindow);
  EXPECT_EQ(sweeps_.older_end(kNext, kStart + kWindow), kStart + 1s + kWindow);
  EXPECT_EQ(sweeps_.older_end(kLater, kStart + 1s + kWindow), std::nullopt);
}

TEST_F(SweepsEnd, CleanUpForgetsWhatIsOverAndNothingElse) {
  EXPECT_EQ(sweeps_.clean_up_at(), kStart + kWindow);
  EXPECT_EQ(next_of(old_), kOld);
  EXPECT_EQ(sweeps_.size(), 12U);
  sweeps_.clean_up(kStart + kWindow - 1ns);
  EXPECT_EQ(sweeps_.size(), 12U);
  sweeps_.clean_up(kStart + kWindow);
  EXPECT_EQ(sweeps_.size(), 4U);
  EXPECT_EQ(sweeps_.generation_of(old_, kStart + kWindow), kOld);
  EXPECT_EQ(sweeps_.clean_up_at(), kStart + 2 * kWindow);
  sweeps_.clean_up(kStart + 2 * kWindow);
  EXPECT_EQ(sweeps_.size(), 0U);
  EXPECT_EQ(sweeps_.clean_up_at(), std::nullopt) << "nothing to wake up for";
}

TEST(Sweeps, OfManyShortLivedReadersNoneIsKeptWhileTheirScriptReadsOn) {
  Sweeps sweeps(kWindow);
  // 10,000 processes a window, as a script makes in a loop, for ten windows.
  constexpr int kReaders = 10'000;
  SteadyTime now = kStart;
  std::size_t most = 0;
  for (int i = 1; i <= kReaders * 10; ++i, now += kWindow / kReaders) {
    sweeps.lookup({1000 + i, 10, 10, 10, 2ms}, kA, kOld, now);
    most = std::max(most, sweeps.size());
  }
  EXPECT_LE(most, 2U * kReaders + 3) << "what lived, and what was over since the last clean-up";
  sweeps.clean_up(now + kWindow);
  EXPECT_EQ(sweeps.size(), 0U);
}

TEST(Sweeps, BeyondTheMostKeysNothingGrowsAndFurtherReadersGetTheNewest) {
  Sweeps sweeps(kWindow);
  constexpr int kFit = Sweeps::kMostKeys / 4;
  const auto stranger = [](int i) {
    return Kin{1'000'000 + i, 2'000'000 + i, 3'000'000 + i, 4'000'000 + i, 2ms};
  };
  for (int i = 0; i < 2 * kFit; ++i) sweeps.lookup(stranger(i), kA, kOld, kStart);
  EXPECT_EQ(sweeps.size(), Sweeps::kMostKeys);
  EXPECT_EQ(sweeps.lookup(stranger(0), kB, kNext, kStart), kOld) << "who came in time";
  EXPECT_EQ(sweeps.lookup(stranger(kFit - 1), kB, kNext, kStart), kOld);
  EXPECT_EQ(sweeps.lookup(stranger(kFit), kB, kNext, kStart), kNext) << "who did not";
  EXPECT_EQ(sweeps.lookup(stranger(kFit), kC, kLater, kStart), kLater);
  EXPECT_EQ(sweeps.lookup(stranger(0), kA, kLater, kStart + 1s), kLater) << "its next sweep";
  EXPECT_EQ(sweeps.size(), Sweeps::kMostKeys);
  EXPECT_EQ(sweeps.lookup(stranger(kFit), kB, kOld, kStart + kWindow), kOld);
  EXPECT_EQ(sweeps.size(), 8U) << "by itself, with the first LOOKUP after a window";
  sweeps.clean_up(kStart + 2 * kWindow);
  EXPECT_EQ(sweeps.size(), 0U);
}

}  // namespace
}  // namespace ramrolefs::unit
