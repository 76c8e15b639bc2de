// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/credentials.h"
#include "tests/unit/fake_transport.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

HttpRequest get(const std::string& path, const std::string& token = "") {
  HttpRequest request;
  request.path = path;
  request.token = Secret(token);
  return request;
}

HttpRequest put_token(std::optional<std::chrono::seconds> ttl) {
  HttpRequest request;
  request.method = Method::put;
  request.path = kTokenPath;
  request.token_ttl = ttl;
  return request;
}

TEST(FakeClock, StandsStillUntilItIsMoved) {
  FakeClock clock;
  EXPECT_EQ(clock.steady(), kStart);
  clock.advance(3s);
  EXPECT_EQ(clock.steady(), kStart + 3s);
  EXPECT_EQ(clock.wall(), WallTime(kStartOfWall + 3s));
}

TEST(FakeClock, SettingTheWallClockLetsNoTimePass) {
  FakeClock clock;
  clock.set_wall(kStartOfWall - 10h);
  EXPECT_EQ(clock.steady(), kStart);
  EXPECT_EQ(clock.wall(), WallTime(kStartOfWall - 10h));
}

TEST(FakeTransport, ChecksTheTokensThatItIsSent) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.require_tokens();
  const auto token = transport.perform(put_token(60s), 1s)->body;

  EXPECT_EQ(transport.perform(get(kListPath), 1s)->status, 401);
  EXPECT_EQ(transport.perform(get(kListPath, "another"), 1s)->status, 401);
  EXPECT_EQ(transport.perform(get(kListPath, std::string(token.expose())), 1s)->status, 200);
  clock.advance(60s);
  EXPECT_EQ(transport.perform(get(kListPath, std::string(token.expose())), 1s)->status, 401);
}

TEST(FakeTransport, GivesNoTokenWithoutATimeToLive) {
  FakeClock clock;
  FakeTransport transport(clock);
  EXPECT_EQ(transport.perform(put_token(std::nullopt), 1s)->status, 400);
  EXPECT_EQ(transport.perform(put_token(21601s), 1s)->status, 400);
}

TEST(FakeTransport, AHangTakesTheWholeLimit) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set(kListPath, FakeTransport::Hangs{});
  EXPECT_EQ(outcome(transport.perform(get(kListPath), 4s)), describe(Cause::timed_out));
  EXPECT_EQ(clock.steady(), kStart + 4s);
}

TEST(FakeTransport, ToldToBehaveOnceItGoesOnAsBefore) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.set_once(kListPath, FakeTransport::status(503));
  EXPECT_EQ(transport.perform(get(kListPath), 1s)->status, 503);
  EXPECT_EQ(transport.perform(get(kListPath), 1s)->status, 200);
  EXPECT_EQ(transport.count("GET " + std::string(kListPath)), 2);
}

TEST(FakeTransport, AnswersNothingOnceAborted) {
  FakeClock clock;
  FakeTransport transport(clock);
  transport.abort();
  EXPECT_EQ(outcome(transport.perform(get(kListPath), 1s)), describe(Cause::timed_out));
}

}  // namespace
}  // namespace ramrolefs::unit
