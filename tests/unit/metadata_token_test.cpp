// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_token.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/metadata_client.h"
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

constexpr MetadataClient::Options kTokensAlone{.role = std::nullopt, .imdsv1_disabled = true};

TEST(MetadataToken, IsAskedForWithTheLongestTimeToLive) {
  FakeClock clock;
  FakeTransport transport(clock);
  MetadataToken token(transport, clock);
  token.ensure(5s);
  EXPECT_EQ(token.value().expose(), "token-of-the-service-1");
  EXPECT_FALSE(token.failure());
  EXPECT_EQ(transport.requests().at(0).token_ttl, 21600s);
  EXPECT_EQ(transport.requests().at(0).token, "") << "a token is asked for without one";
}

TEST(MetadataToken, IsKeptUntilAMinuteBeforeItsTimeIsOver) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.require_tokens();
  MetadataClient client(transport, clock, {.role = "a-role", .imdsv1_disabled = false});
  ASSERT_TRUE(client.fetch(5s));

  const auto far = make_credential();
  transport.set(kRolePath, HttpResponse{200, Secret(body_of(far)), kStartOfWall});
  clock.advance(6h - 61s);
  ASSERT_TRUE(client.fetch(5s));
  EXPECT_EQ(transport.count(kPutToken), 1);
  clock.advance(1s);
  ASSERT_TRUE(client.fetch(5s));
  EXPECT_EQ(transport.count(kPutToken), 2);
  EXPECT_EQ(transport.requests().back().token, "token-of-the-service-2");
}

TEST(MetadataToken, CountsItsTimeFromBeforeItWasAskedFor) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set_latency(2s);
  MetadataToken token(transport, clock);
  token.ensure(5s);
  clock.advance(6h - 60s - 2s);
  token.ensure(5s);
  EXPECT_EQ(transport.count(kPutToken), 2);
}

TEST(MetadataToken, IsRenewedOnceWhenTheServiceTakesItNoMore) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.require_tokens();
  MetadataClient client(transport, clock, {});
  ASSERT_TRUE(client.fetch(5s));

  transport.forget_tokens();
  ASSERT_TRUE(client.fetch(5s));
  EXPECT_EQ(transport.lines(), (Lines{kPutToken, kGetList, kGetRole,  // the first fetch
                                      kGetList, kPutToken, kGetList, kGetRole}));
}

TEST(MetadataToken, IsNotRenewedForeverWhereTheServiceTakesNone) {
  for (const char* path : {kListPath, kRolePath}) {
    FakeClock clock;
    FakeTransport transport(clock);
    transport.set(path, FakeTransport::status(401));
    MetadataClient client(transport, clock, {});
    EXPECT_EQ(outcome(client.fetch(5s)), describe(Cause::denied));
    EXPECT_EQ(transport.count("GET "s + path), 2);
    EXPECT_EQ(transport.count(kPutToken), 2);
  }
}

TEST(MetadataToken, IsNotRenewedForAnotherStatus) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set(kRolePath, FakeTransport::status(403));
  MetadataClient client(transport, clock, {});
  EXPECT_EQ(outcome(client.fetch(5s)), describe(Cause::denied));
  EXPECT_EQ(transport.count(kPutToken), 1);
}

// Each way in which a token can't be had.
struct Row {
  const char* name;
  FakeTransport::Behaviour behaviour;
  Cause disabled;  // why a fetch fails that must have one
  Cause hardened;  // why it fails where the service wants one
};

std::vector<Row> without_token() {
  const auto status = FakeTransport::status;
  const auto answers = [](const char* body) { return HttpResponse{200, Secret(body), {}}; };
  return {
      {"an older service has none: 404", status(404), Cause::denied, Cause::denied},
      {"an older service has none: 405", status(405), Cause::denied, Cause::denied},
      {"403", status(403), Cause::denied, Cause::denied},
      {"400", status(400), Cause::unexpected_status, Cause::denied},
      {"429", status(429), Cause::unavailable, Cause::no_token},
      {"500", status(500), Cause::unavailable, Cause::no_token},
      {"refused", Failure{Cause::refused, ""}, Cause::refused, Cause::no_token},
      {"cut off", Failure{Cause::cut_off, ""}, Cause::cut_off, Cause::no_token},
      {"no answer", FakeTransport::Hangs{}, Cause::timed_out, Cause::no_token},
      {"an empty one", answers(""), Cause::malformed, Cause::denied},
      {"an error page", answers("<html>not so</html> "), Cause::malformed, Cause::denied},
      {"a header smuggled in", answers("a\r\nHost: b"), Cause::malformed, Cause::denied},
  };
}

TEST(MetadataToken, WhereNoneIsToBeHadRequestsArePlain) {
  for (const Row& row : without_token()) {
    SCOPED_TRACE(row.name);
    FakeClock clock;
    FakeTransport transport(clock);
    transport.set(kTokenPath, row.behaviour);
    MetadataClient client(transport, clock, {});
    EXPECT_EQ(outcome(client.fetch(5s)), "success");
    EXPECT_EQ(transport.lines(), (Lines{kPutToken, kGetList, kGetRole}));
    EXPECT_EQ(transport.requests()[1].token, "");
    EXPECT_EQ(transport.requests()[2].token, "");
  }
}

TEST(MetadataToken, WithImdsv1DisabledNothingIsAskedWithoutOne) {
  for (const Row& row : without_token()) {
    SCOPED_TRACE(row.name);
    FakeClock clock;
    FakeTransport transport(clock);
    transport.set(kTokenPath, row.behaviour);
    MetadataClient client(transport, clock, kTokensAlone);
    EXPECT_EQ(outcome(client.fetch(5s)), describe(row.disabled));
    EXPECT_EQ(transport.lines(), Lines{kPutToken});
  }
}

TEST(MetadataToken, WithImdsv1DisabledARenewalThatFailsAsksNothingWithoutOneEither) {
  for (const Row& row : without_token()) {
    SCOPED_TRACE(row.name);
    FakeClock clock;
    FakeTransport transport(clock);
    MetadataClient client(transport, clock, kTokensAlone);
    ASSERT_TRUE(client.fetch(5s));
    transport.forget_tokens();
    transport.set(kTokenPath, row.behaviour);
    EXPECT_EQ(outcome(client.fetch(5s)), describe(row.disabled));
    for (const auto& request : transport.requests()) {
      EXPECT_TRUE(request.line == kPutToken || !request.token.empty()) << request.line;
    }
  }
}

TEST(MetadataToken, WhereTheServiceWantsOneTheFailureTellsWhetherItMayPass) {
  for (const Row& row : without_token()) {
    SCOPED_TRACE(row.name);
    FakeClock clock;
    FakeTransport transport(clock);
    transport.require_tokens();
    transport.set(kTokenPath, row.behaviour);
    MetadataClient client(transport, clock, {});
    EXPECT_EQ(outcome(client.fetch(5s)), describe(row.hardened));
  }
}

TEST(MetadataToken, IsAskedForAgainAtTheNextFetch) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set_once(kTokenPath, FakeTransport::status(404));
  MetadataClient client(transport, clock, {});
  ASSERT_TRUE(client.fetch(5s));
  ASSERT_TRUE(client.fetch(5s));
  EXPECT_EQ(transport.requests().back().token, "token-of-the-service-1");
}

}  // namespace
}  // namespace ramrolefs::unit
