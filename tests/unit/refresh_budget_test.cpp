// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/credentials.h"
#include "tests/unit/refresh_story.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

/// How a service behaves: what the flight brings that started at `started`, and how long it takes.
struct Service {
  Duration takes;
  std::function<void(Refresh&, SteadyTime started)> ends;
};

/// A reader every second, from `from` until `until`; `parked` counts those that were kept waiting.
struct Simulation {
  Refresh refresh;
  Service service;
  int flights = 0;
  int parked = 0;

  void run(SteadyTime from, SteadyTime until) {
    SteadyTime started;
    for (SteadyTime now = from; now < until; now += 1s) {
      if (refresh.flying() && now >= started + service.takes) {
        service.ends(refresh, started);
        refresh.nobody_parked();
      }
      if (refresh.answer(now) == Answer::wait) {
        ++parked;
        refresh.parked(now);
      }
      if (refresh.wants_flight(now)) {
        ++flights;
        started = now;
        refresh.took_off(now);
      }
    }
  }
};

constexpr SteadyTime kExpiration = kStart + 6h;

/// The service returns the same credential for all of its life.
const Service kSame{0s, [](Refresh& refresh, SteadyTime started) {
                      refresh.landed({started, kExpiration, 6h});
                    }};

Service failing(Duration takes) {
  return {takes, [=](Refresh& refresh, SteadyTime started) {
            refresh.failed({Cause::unavailable, ""}, started + takes);
          }};
}

Refresh with_credential(unsigned seed, SteadyTime confirmed) {
  Refresh refresh({}, seed);
  refresh.landed({confirmed, kExpiration, 6h});
  return refresh;
}

TEST(RefreshBudget, SixFlightsAnHourWhileTheServiceReturnsTheSame) {
  Simulation simulation{Refresh({}, 1), kSame};
  for (SteadyTime hour = kStart; hour < kExpiration - 30min; hour += 1h) {
    simulation.flights = 0;
    simulation.run(hour, std::min(hour + 1h, kExpiration - 30min));
    EXPECT_LE(simulation.flights, 6);
    EXPECT_GE(simulation.flights, 3) << "it stopped asking";
  }
}

TEST(RefreshBudget, OneFlightAMinuteInTheLastHalfHourWhileTheServiceReturnsTheSame) {
  Simulation simulation{with_credential(1, kExpiration - 30min), kSame};
  simulation.run(kExpiration - 30min, kExpiration);
  EXPECT_LE(simulation.flights, 30);
  EXPECT_GE(simulation.flights, 28);
}

TEST(RefreshBudget, SixtyFlightsInTheLastHalfHourWhileTheServiceFails) {
  for (const Duration takes : {0s, 1s, 5s}) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
      Simulation simulation{with_credential(seed, kExpiration - 30min), failing(takes)};
      simulation.run(kExpiration - 30min, kExpiration);
      ASSERT_LE(simulation.flights, 60) << "seed " << seed;
      ASSERT_GE(simulation.flights, 25) << "seed " << seed;
    }
  }
}

TEST(RefreshBudget, AnOutageLongBeforeTheExpirationIsAskedAboutLessThanOnceInHalfAMinute) {
  constexpr int kGrowing = 6;  // flights before the pauses are a minute's
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Simulation simulation{with_credential(seed, kStart), failing(0s)};
    simulation.run(kStart, kStart + 1h);
    ASSERT_LE(simulation.flights, (60 - 10) * 2 + kGrowing) << "seed " << seed;
  }
}

TEST(RefreshBudget, AnOutageKeepsReadersWaitingForItsFirstFlightAlone) {
  Simulation simulation{with_credential(1, kStart), failing(5s)};
  simulation.run(kStart, kStart + 1h);
  EXPECT_EQ(simulation.parked, 1) << "at most patience, once an outage";
}

TEST(RefreshBudget, WithNothingInHandAnOutageIsAskedAboutEveryFewSeconds) {
  Simulation simulation{Refresh({}, 1), failing(0s)};
  simulation.run(kStart, kStart + 10min);
  EXPECT_LE(simulation.flights, 600 / 2);  // pauses of 2.5 to 5 s, seen by the second
  EXPECT_GE(simulation.flights, 600 / 6) << "a service that is back is found within seconds";
}

TEST(RefreshBudget, WithoutReadersThereIsNoFlight) {
  Simulation simulation{with_credential(1, kStart), kSame};
  simulation.run(kStart + 1h, kStart + 1h + 1s);
  EXPECT_EQ(simulation.flights, 1) << "one reader in an hour: one flight, and none before";
}

}  // namespace
}  // namespace ramrolefs::unit
