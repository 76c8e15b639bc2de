// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "common/metadata_client.h"
#include "tests/unit/credentials.h"
#include "tests/unit/fake_transport.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

const MetadataClient::Options kPinned{.role = "a-role", .imdsv1_disabled = false};

/// A clock, a service and its client; the answer of the role is what each test is about.
struct Service {
  FakeClock clock;
  FakeTransport transport{clock};
  MetadataClient client{transport, clock, kPinned};

  /// Answers with a credential that ends at `expiration`; `date` is what the answer says.
  Result<Fetched> fetch(std::chrono::sys_seconds expiration,
                        std::optional<std::chrono::sys_seconds> date) {
    Credential credential = make_credential();
    credential.expiration = expiration;
    transport.set(kRolePath, HttpResponse{200, Secret(body_of(credential)), date});
    return client.fetch(5s);
  }
};

TEST(MetadataClientTime, TheAnswersDateDecidesWhateverTheWallClockShows) {
  for (const Duration off : {Duration(0s), Duration(10h), Duration(-10h), Duration(24h * 365 * 5),
                             Duration(-24h * 365 * 40)}) {
    SCOPED_TRACE(in_seconds(off));
    Service service;
    service.clock.set_wall(kStartOfWall + off);
    const auto fetched = service.fetch(kStartOfWall + 6h, kStartOfWall);
    ASSERT_TRUE(fetched) << fetched.error().detail;
    // A Date is cut to seconds: the service may be up to one further on.
    EXPECT_EQ(in_seconds(fetched->expires_at - kStart), in_seconds(6h - 1s));
    EXPECT_EQ(fetched->skew, std::chrono::duration_cast<std::chrono::seconds>(off));
  }
}

TEST(MetadataClientTime, WithoutADateTheWallClockDecides) {
  Service service;
  service.clock.set_wall(kStartOfWall + 2h);
  const auto fetched = service.fetch(kStartOfWall + 6h, std::nullopt);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(in_seconds(fetched->expires_at - kStart), in_seconds(4h));
  EXPECT_FALSE(fetched->skew);
}

TEST(MetadataClientTime, AFractionOfASecondIsNeverCountedInFavour) {
  Service service;
  service.clock.set_wall(kStartOfWall + 300ms);
  const auto fetched = service.fetch(kStartOfWall + 6h, std::nullopt);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(in_seconds(fetched->expires_at - kStart), in_seconds(6h - 1s));
}

struct Row {
  const char* name;
  std::chrono::seconds left;  // by the clock that decides
  bool dated;
  bool taken;
};

TEST(MetadataClientTime, WhatIsOverAlreadyIsNotTaken) {
  constexpr Row kRows[] = {
      {"over for an hour", -3600s, true, false},
      {"over now", 0s, true, false},
      {"perhaps over within the second of the Date", 1s, true, false},
      {"not yet over", 2s, true, true},
      {"over by the wall clock", -1s, false, false},
      {"over now by the wall clock", 0s, false, false},
      {"not yet over by the wall clock", 1s, false, true},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    Service service;
    // Where there is a Date, the wall clock must not help.
    if (row.dated) service.clock.set_wall(kStartOfWall - 24h);
    const auto date = row.dated ? std::optional(kStartOfWall) : std::nullopt;
    const auto fetched = service.fetch(kStartOfWall + row.left, date);
    EXPECT_EQ(outcome(fetched), row.taken ? "success" : describe(Cause::expired));
  }
}

TEST(MetadataClientTime, LifeCountsFromBeforeTheRequestOfTheCredentialWasSent) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set_latency(1s);
  MetadataClient client(transport, clock, {});
  const auto fetched = client.fetch(5s);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(in_seconds(fetched->asked_at - kStart), 2) << "after a token and the role's name";
  const auto true_end = kStart + kWholeLife;  // the fake's clock is the true one
  EXPECT_LE(fetched->expires_at, true_end);
  EXPECT_GE(fetched->expires_at, true_end - 3s);
}

TEST(MetadataClientTime, AnExpirationFarAwayIsTakenForTenYears) {
  // The year 9999 is more than a count of nanoseconds in 64 bits can hold.
  Service service;
  const auto fetched = service.fetch(*parse_utc("9999-12-31T23:59:59Z"), kStartOfWall);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->expires_at, fetched->asked_at + std::chrono::years(10));
}

TEST(MetadataClientTime, WithoutLastUpdatedItIsTheDateElseTheWallClock) {
  Credential credential = make_credential();
  std::string body = body_of(credential);
  body.replace(body.find("LastUpdated"), 11, "LastUpdates");
  const auto date = kStartOfWall + 1h;

  Service service;
  service.clock.set_wall(kStartOfWall + 2h);
  service.transport.set(kRolePath, HttpResponse{200, Secret(body), date});
  EXPECT_EQ(format_utc(service.client.fetch(5s)->credential.last_updated), format_utc(date));
  service.transport.set(kRolePath, HttpResponse{200, Secret(body), std::nullopt});
  EXPECT_EQ(format_utc(service.client.fetch(5s)->credential.last_updated),
            format_utc(kStartOfWall + 2h));
}

}  // namespace
}  // namespace ramrolefs::unit
