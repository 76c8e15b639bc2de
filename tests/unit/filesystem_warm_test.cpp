// SPDX-License-Identifier: Apache-2.0
// Flights that no reader starts: --refresh=warm, and those that were asked for.
#include <gtest/gtest.h>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

Filesystem::Options warm() {
  Filesystem::Options options;
  options.warm = true;
  return options;
}

/// As Server does: sleeps until there is something to do, and does it.
void sleep_for(Scene& scene, Duration duration) {
  const SteadyTime end = scene.clock.steady() + duration;
  for (;;) {
    const auto at = scene.filesystem.wake_at(false);
    if (!at || *at > end) break;
    if (*at > scene.clock.steady()) scene.clock.advance(*at - scene.clock.steady());
    scene.filesystem.tick();
  }
  scene.clock.advance(end - scene.clock.steady());
}

TEST(Warm, WhatWasReadIsRenewedWhenItIsDueWithoutAReader) {
  Scene scene(warm());
  scene.begin_with(1, 1000h);
  sleep_for(scene, 10min - 1s);
  EXPECT_EQ(scene.flights, 0);
  sleep_for(scene, 1s);
  EXPECT_EQ(scene.flights, 1);
  scene.land(1, 1000h);
  sleep_for(scene, 10min);
  EXPECT_EQ(scene.flights, 2) << "it is the same credential, which was read";
}

TEST(Warm, WhatNobodyHasReadIsNot) {
  Scene scene(warm());
  scene.begin_with(1, 1000h);
  sleep_for(scene, 10min);
  scene.land(2, 1000h);
  sleep_for(scene, 5h);
  EXPECT_EQ(scene.flights, 1);
  EXPECT_EQ(read_file(scene), "parked") << "long due, and read again";
  EXPECT_EQ(scene.flights, 2);
}

TEST(Warm, AStrangerDoesNotCount) {
  Scene scene(warm());
  scene.begin_with(1, 1000h);
  sleep_for(scene, 10min);
  scene.land(2, 1000h);
  Reader(scene, stranger()).go();
  sleep_for(scene, 5h);
  EXPECT_EQ(scene.flights, 1);
}

TEST(Warm, AFailureIsTriedAgainAfterItsPauseUntilTheCredentialHasExpired) {
  Scene scene(warm());
  scene.begin_with(1, 30min);
  for (int i = 1; i <= 2; ++i) {
    sleep_for(scene, i == 1 ? 15min : 2min);
    EXPECT_EQ(scene.flights, i);
    scene.fail(Cause::unavailable);
  }
  sleep_for(scene, 5h);
  EXPECT_EQ(scene.flights, 3) << "the third one hangs";
  scene.fail(Cause::timed_out);
  sleep_for(scene, 5h);
  EXPECT_EQ(scene.flights, 3) << "and there is nothing left to keep fresh";
}

TEST(Warm, LazyIsTheDefault) {
  Scene scene;
  scene.begin_with(1, 1000h);
  sleep_for(scene, 5h);
  EXPECT_EQ(scene.flights, 0);
}

TEST(AskedFor, ARefreshComesAfterAReadWindowAndASecondAndTearsNobodysReads) {
  Scene scene;
  scene.begin_with(1, 1000h);
  sleep_for(scene, 1min);
  EXPECT_EQ(in_seconds(scene.filesystem.ask_for_refresh(owner()).value()), 6);
  sleep_for(scene, 5s);
  EXPECT_EQ(scene.flights, 0);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 7), "STS.id-1");
  sleep_for(scene, 1s);
  EXPECT_EQ(scene.flights, 1);
  scene.land(2, 1000h);
  EXPECT_EQ(read_file(scene, "SecurityToken", 7), "token-1");
  EXPECT_EQ(read_file(scene, "SecurityToken", 8), "token-2");
}

TEST(AskedFor, ARefreshComesAtOnceWhereNothingIsInHand) {
  Scene scene;
  EXPECT_EQ(scene.filesystem.ask_for_refresh(owner()).value(), 0s);
  sleep_for(scene, 0s);
  EXPECT_EQ(scene.flights, 1);
  EXPECT_EQ(scene.filesystem.ask_for_refresh(owner()).value(), 0s) << "under way";
}

TEST(AskedFor, ARefreshThatIsOverdueComesAtOnce) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(1h);
  EXPECT_EQ(scene.filesystem.ask_for_refresh(owner()).value(), 0s);
  EXPECT_EQ(scene.flights, 1);
}

TEST(AskedFor, ARefreshInALongPauseTearsNobodysReadsEither) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min);
  for (int i = 0; i < 10; ++i) {
    Reader(scene, owner()).go();
    scene.fail(Cause::unavailable);
    if (i < 9) scene.clock.advance(1min);
  }
  EXPECT_EQ(in_seconds(scene.filesystem.ask_for_refresh(owner()).value()), 6);
}

TEST(AskedFor, AgainAndAgainIsOneFlightASecondWhereTheyFail) {
  Scene scene;
  for (int i = 0; i < 1000; ++i) {
    const int before = scene.flights;
    scene.filesystem.ask_for_refresh(owner());
    if (scene.flights > before) scene.fail(Cause::no_role);
    sleep_for(scene, 10ms);
    if (scene.flights > before + 1) scene.fail(Cause::no_role);
  }
  EXPECT_LE(scene.flights, 12);
}

TEST(AskedFor, OnlyByRootAndWhoseTheFilesAre) {
  Scene scene;
  scene.begin_with();
  Caller root = stranger();
  root.uid = 0;
  EXPECT_TRUE(scene.filesystem.ask_for_refresh(root));
  EXPECT_EQ(words(scene.filesystem.ask_for_refresh(stranger()).error()), "EPERM");
}

TEST(AskedFor, AgainAndAgainIsOneFlightAWindow) {
  Scene scene;
  scene.begin_with(1, 1000h);
  for (int second = 0; second < 60; ++second) {
    scene.filesystem.ask_for_refresh(owner());
    sleep_for(scene, 1s);
    if (second % 6 == 5) scene.land(1, 1000h);
  }
  EXPECT_LE(scene.flights, 10);
}

}  // namespace
}  // namespace ramrolefs::unit
