// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_client.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/credentials.h"
#include "tests/unit/fake_transport.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

using Lines = std::vector<std::string>;

const std::string kPutToken = "PUT "s + kTokenPath;
const std::string kGetList = "GET "s + kListPath;
const std::string kGetRole = "GET "s + kRolePath;

TEST(MetadataClient, AsksForATokenThenForTheRoleThenForItsCredential) {
  FakeClock clock;
  FakeTransport transport(clock);
  MetadataClient client(transport, clock, {});

  const auto fetched = client.fetch(5s);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_TRUE(fetched->credential.same_as(make_credential()));
  EXPECT_EQ(fetched->credential.last_updated, make_credential().last_updated);
  EXPECT_EQ(transport.lines(), (Lines{kPutToken, kGetList, kGetRole}));
  const auto requests = transport.requests();
  EXPECT_EQ(requests[1].token, "token-of-the-service-1");
  EXPECT_EQ(requests[2].token, "token-of-the-service-1");
}

TEST(MetadataClient, APinnedRoleIsNotLookedUp) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set(kListPath, transport.ok("another-role"));
  MetadataClient client(transport, clock, {.role = "a-role", .imdsv1_disabled = false});

  const auto fetched = client.fetch(5s);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->credential.role, "a-role");
  EXPECT_EQ(transport.lines(), (Lines{kPutToken, kGetRole}));
}

TEST(MetadataClient, TheRoleIsLookedUpAtEachFetchBecauseItMayBeSwapped) {
  FakeClock clock;
  FakeTransport transport(clock);
  MetadataClient client(transport, clock, {});
  ASSERT_TRUE(client.fetch(5s));

  transport.set(kListPath, transport.ok("another-role"));
  transport.set(kListPath + "another-role"s, transport.ok(body_of(make_credential(2))));
  const auto fetched = client.fetch(5s);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->credential.role, "another-role");
  EXPECT_TRUE(fetched->credential.access_key_id == make_credential(2).access_key_id);
  EXPECT_EQ(transport.count(kGetList), 2);
}

TEST(MetadataClient, EveryStatusMeansItsCause) {
  struct Row {
    int status;
    Cause cause;
  };
  constexpr Row kRows[] = {
      {404, Cause::no_role},
      {401, Cause::denied},
      {403, Cause::denied},
      {429, Cause::unavailable},
      {500, Cause::unavailable},
      {502, Cause::unavailable},
      {503, Cause::unavailable},
      {504, Cause::unavailable},
      {599, Cause::unavailable},
      {201, Cause::unexpected_status},
      {204, Cause::unexpected_status},
      {301, Cause::unexpected_status},
      {302, Cause::unexpected_status},
      {307, Cause::unexpected_status},
      {400, Cause::unexpected_status},
      {410, Cause::unexpected_status},
      {600, Cause::unexpected_status},
      {0, Cause::unexpected_status},
  };
  for (const char* path : {kListPath, kRolePath}) {
    for (const Row& row : kRows) {
      SCOPED_TRACE(std::to_string(row.status) + " from " + path);
      FakeClock clock;
      FakeTransport transport(clock);
      transport.set(path, FakeTransport::status(row.status));
      MetadataClient client(transport, clock, {});
      const auto fetched = client.fetch(5s);
      EXPECT_EQ(outcome(fetched), describe(row.cause));
      EXPECT_EQ(fetched.error().detail,
                "status " + std::to_string(row.status) + " from http://fake" + path);
    }
  }
}

TEST(MetadataClient, WhatTheTransportSaysIsPassedOn) {
  for (const char* path : {kListPath, kRolePath}) {
    for (const Cause cause : {Cause::refused, Cause::no_network, Cause::unreachable,
                              Cause::timed_out, Cause::cut_off, Cause::malformed, Cause::local}) {
      FakeClock clock;
      FakeTransport transport(clock);
      transport.set(path, Failure{cause, "as the transport says"});
      MetadataClient client(transport, clock, {});
      const auto fetched = client.fetch(5s);
      EXPECT_EQ(outcome(fetched), describe(cause)) << path;
      EXPECT_EQ(fetched.error().detail, "as the transport says");
    }
  }
}

TEST(MetadataClient, ABadAnswerIsAFailureThatNamesItsUrlAndNoByteOfIt) {
  struct Row {
    const char* path;
    std::string body;
    Cause cause;
  };
  const Row rows[] = {
      {kListPath, "", Cause::no_role},
      {kListPath, "PRIVATE/PRIVATE", Cause::malformed},
      {kRolePath, "PRIVATE", Cause::malformed},
      {kRolePath, R"({"Code":"PRIVATE"})", Cause::not_successful},
      {kRolePath, R"({"Code":"Success","AccessKeyId":"PRIVATE\n"})", Cause::malformed},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.path + " says: "s + row.body);
    FakeClock clock;
    FakeTransport transport(clock);
    transport.set(row.path, transport.ok(row.body));
    MetadataClient client(transport, clock, {});
    const auto fetched = client.fetch(5s);
    ASSERT_EQ(outcome(fetched), describe(row.cause));
    EXPECT_NE(fetched.error().detail.find("http://fake"s + row.path), std::string::npos);
    EXPECT_EQ(fetched.error().detail.find("PRIVATE"), std::string::npos);
  }
}

TEST(MetadataClient, AFailureLeavesNothingBehindForTheNextFetch) {
  FakeClock clock;
  FakeTransport transport(clock);
  MetadataClient client(transport, clock, {});
  for (const char* path : {kTokenPath, kListPath, kRolePath}) {
    transport.set_once(path, FakeTransport::status(500));
    client.fetch(5s);
    EXPECT_EQ(outcome(client.fetch(5s)), "success") << "after a failure of " << path;
  }
}

TEST(MetadataClient, AFetchTakesItsLimitAtMostWhereverItHangs) {
  for (const bool imdsv1_disabled : {false, true}) {
    for (const char* path : {kTokenPath, kListPath, kRolePath}) {
      SCOPED_TRACE(path + (imdsv1_disabled ? " hangs, tokens alone"s : " hangs"));
      FakeClock clock;
      FakeTransport transport(clock);
      transport.set_latency(1s);
      transport.set(path, FakeTransport::Hangs{});
      MetadataClient client(transport, clock, {.role = {}, .imdsv1_disabled = imdsv1_disabled});
      const bool needed = path != kTokenPath || imdsv1_disabled;
      EXPECT_EQ(outcome(client.fetch(5s)), needed ? describe(Cause::timed_out) : "success");
      EXPECT_LE(clock.steady(), kStart + 5s);
    }
  }
}

TEST(MetadataClient, EachRequestHasTheRestOfTheLimit) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set_latency(1s);
  MetadataClient client(transport, clock, {});
  ASSERT_TRUE(client.fetch(5s));
  const auto requests = transport.requests();
  ASSERT_EQ(requests.size(), 3);
  EXPECT_EQ(in_seconds(requests[0].limit), 2.5) << "a token that hangs must leave time";
  EXPECT_EQ(in_seconds(requests[1].limit), 4);
  EXPECT_EQ(in_seconds(requests[2].limit), 3);
}

TEST(MetadataClient, AsksWithoutATokenInTimeWhereTheTokenEndpointHangs) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set(kTokenPath, FakeTransport::Hangs{});
  MetadataClient client(transport, clock, {});
  EXPECT_EQ(outcome(client.fetch(5s)), "success");
  EXPECT_EQ(in_seconds(clock.steady() - kStart), 2.5);
}

}  // namespace
}  // namespace ramrolefs::unit
