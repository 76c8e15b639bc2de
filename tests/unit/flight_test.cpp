// SPDX-License-Identifier: Apache-2.0
#include "common/flight.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/credentials.h"
#include "tests/unit/fake_transport.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

/// Counts the landings that it is told of, on the flight's thread.
class Landings {
 public:
  void add() {
    {
      const std::lock_guard lock(mutex_);
      ++count_;
      thread_ = std::this_thread::get_id();
    }
    changed_.notify_one();
  }
  /// Waits until there were `count` of them.
  bool reach(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return count_ >= count; });
  }
  int count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  std::thread::id thread() const {
    const std::lock_guard lock(mutex_);
    return thread_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  std::thread::id thread_;
};

/// A Flight with all that it needs.
struct Airport {
  FakeClock clock;
  FakeTransport transport{clock};
  MetadataClient client{transport, clock, {}};
  Landings landings;
  std::unique_ptr<Flight> flight =
      std::make_unique<Flight>(client, transport, 5s, [this] { landings.add(); });
};

TEST(Flight, AsksNothingUntilItTakesOff) {
  Airport airport;
  EXPECT_FALSE(airport.flight->collect());
  airport.flight.reset();
  EXPECT_TRUE(airport.transport.requests().empty());
  EXPECT_EQ(airport.landings.count(), 0);
}

TEST(Flight, LandsOnItsOwnThreadAndIsCollectedOnce) {
  Airport airport;
  airport.flight->take_off();
  ASSERT_TRUE(airport.landings.reach(1));
  EXPECT_NE(airport.landings.thread(), std::this_thread::get_id());

  const auto brought = airport.flight->collect();
  ASSERT_TRUE(brought);
  ASSERT_TRUE(*brought) << brought->error().detail;
  EXPECT_TRUE((*brought)->credential.same_as(make_credential()));
  EXPECT_FALSE(airport.flight->collect());
}

TEST(Flight, LandsWithAFailureToo) {
  Airport airport;
  airport.transport.set(kListPath, Failure{Cause::refused, "http://fake"});
  airport.flight->take_off();
  ASSERT_TRUE(airport.landings.reach(1));
  const auto brought = airport.flight->collect();
  ASSERT_TRUE(brought);
  EXPECT_EQ(outcome(*brought), describe(Cause::refused));
}

TEST(Flight, WantOfMemoryIsAFailureAndNotTheEnd) {
  Airport airport;
  airport.transport.set_once(kListPath, FakeTransport::NoMemory{});
  airport.flight->take_off();
  ASSERT_TRUE(airport.landings.reach(1));
  EXPECT_EQ(outcome(*airport.flight->collect()), describe(Cause::local));
  airport.flight->take_off();
  ASSERT_TRUE(airport.landings.reach(2));
  EXPECT_EQ(outcome(*airport.flight->collect()), "success");
}

TEST(Flight, TellsTheTransportThatItIsOverWhateverItBrings) {
  for (const FakeTransport::Behaviour& behaviour :
       {FakeTransport::Behaviour(FakeTransport::status(404)),
        FakeTransport::Behaviour(Failure{Cause::refused, "http://fake"}),
        FakeTransport::Behaviour(FakeTransport::NoMemory{})}) {
    Airport airport;
    airport.transport.set(kRolePath, behaviour);
    airport.flight->take_off();
    ASSERT_TRUE(airport.landings.reach(1));
    EXPECT_EQ(airport.transport.finished(), airport.transport.requests().size());
  }
}

TEST(Flight, TakesOffAgainAfterItWasCollected) {
  Airport airport;
  for (int i = 1; i <= 5; ++i) {
    airport.flight->take_off();
    ASSERT_TRUE(airport.landings.reach(i));
    const auto brought = airport.flight->collect();
    ASSERT_TRUE(brought);
    EXPECT_EQ(outcome(*brought), "success");
  }
  EXPECT_EQ(airport.landings.count(), 5);
  EXPECT_EQ(airport.transport.count("GET " + std::string(kRolePath)), 5);
}

TEST(Flight, EachHasTheLimitThatWasGiven) {
  Airport airport;
  airport.transport.set(kTokenPath, FakeTransport::status(404));
  airport.transport.set(kListPath, FakeTransport::Hangs{});
  airport.flight->take_off();
  ASSERT_TRUE(airport.landings.reach(1));
  EXPECT_EQ(outcome(*airport.flight->collect()), describe(Cause::timed_out));
  EXPECT_EQ(in_seconds(airport.clock.steady() - kStart), 5);
}

TEST(Flight, ItsEndDoesNotWaitForAnAnswer) {
  for (const char* path : {kTokenPath, kListPath, kRolePath}) {
    SCOPED_TRACE(path);
    Airport airport;
    airport.transport.set(path, FakeTransport::Blocks{});
    airport.flight->take_off();
    airport.transport.wait_until_blocked();
    airport.flight.reset();
    EXPECT_TRUE(airport.transport.was_aborted());
  }
}

TEST(Flight, ItsEndRightAfterTheTakeOffIsNoDifferent) {
  for (int i = 0; i < 100; ++i) {
    Airport airport;
    airport.transport.set(kTokenPath, FakeTransport::Blocks{});
    airport.flight->take_off();
    airport.flight.reset();
    EXPECT_LE(airport.landings.count(), 1);
  }
}

}  // namespace
}  // namespace ramrolefs::unit
