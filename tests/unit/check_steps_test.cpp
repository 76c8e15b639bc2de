// SPDX-License-Identifier: Apache-2.0
#include "fusefs/check_steps.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fusefs/advice.h"
#include "tests/unit/credentials.h"
#include "tests/unit/fake_transport.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

using Steps = std::vector<CheckStep>;

constexpr const char* kRegionPath = "/latest/meta-data/region-id";

const std::string kPutToken = "PUT "s + kTokenPath;
const std::string kGetList = "GET "s + kListPath;
const std::string kGetRole = "GET "s + kRolePath;
const std::string kGetRegion = "GET "s + kRegionPath;

/// A letter for each step: good, notable, bad, skipped.
std::string marks(const Steps& steps) {
  std::string letters;
  for (const CheckStep& step : steps) letters += "gnbs"[static_cast<int>(step.mark)];
  return letters;
}

const CheckStep& step(const Steps& steps, const std::string& name) {
  return *std::find_if(steps.begin(), steps.end(),
                       [&](const CheckStep& each) { return each.name == name; });
}

/// The service, and a check of it.
struct Scene {
  FakeClock clock;
  FakeTransport transport{clock};
  MetadataClient::Options options;

  Scene() { transport.set(kRegionPath, transport.ok("cn-hangzhou")); }
  Steps check() { return check_service(transport, clock, options, 5s); }
};

TEST(CheckSteps, AllIsWell) {
  Scene scene;
  const auto steps = scene.check();
  EXPECT_EQ(marks(steps), "gggggg");
  EXPECT_EQ(step(steps, "address").text, "http://fake answers");
  EXPECT_EQ(step(steps, "role").text, "a-role");
  EXPECT_EQ(step(steps, "credential").text, "valid until 2017-11-01T06:00:00Z, for 5 h 59 min");
  EXPECT_EQ(step(steps, "region").text, "cn-hangzhou");
}

TEST(CheckSteps, AsksAsAMountDoesAndForTheRegion) {
  Scene scene;
  scene.transport.require_tokens();
  EXPECT_EQ(marks(scene.check()), "gggggg");
  EXPECT_EQ(scene.transport.lines(),
            (std::vector<std::string>{kPutToken, kGetList, kGetRole, kGetRegion}));
}

TEST(CheckSteps, APinnedRoleIsNotAskedFor) {
  Scene scene;
  scene.options.role = "a-role";
  const auto steps = scene.check();
  EXPECT_EQ(marks(steps), "gggggg");
  EXPECT_EQ(step(steps, "role").text, "a-role, by --role");
  scene.options.role = "another";
  EXPECT_EQ(marks(scene.check()), "gggbgs");
}

/// The one that is bad, and nothing but it, has `cause` and what helps.
void expect_bad(const Steps& steps, Cause cause) {
  for (const CheckStep& each : steps) {
    if (each.mark != CheckStep::Mark::bad) continue;
    EXPECT_EQ(each.text.find(describe(cause)), 0U) << each.text;
    EXPECT_EQ(each.advice.find(advice(cause)), 0U) << each.advice;
  }
}

TEST(CheckSteps, WhatFollowsAFailureIsSkipped) {
  struct Row {
    const char* path;
    FakeTransport::Behaviour behaviour;
    const char* marks;  // address, token, role, credential, clock, region
    Cause cause;        // of the one that is bad, if one is
  };
  FakeClock clock;
  const FakeTransport fake(clock);
  Credential over = make_credential();
  over.expiration = kStartOfWall - 1h;
  const Row rows[] = {
      {kTokenPath, FakeTransport::status(404), "gngggg", Cause::local},
      {kTokenPath, FakeTransport::status(503), "gngggg", Cause::local},
      {kTokenPath, FakeTransport::Hangs{}, "gngggg", Cause::local},
      {kListPath, FakeTransport::status(404), "ggbsgs", Cause::no_role},
      {kListPath, FakeTransport::status(403), "ggbsgs", Cause::denied},
      {kListPath, FakeTransport::Hangs{}, "ggbsgs", Cause::timed_out},
      {kListPath, fake.ok("<html>"), "ggbsgs", Cause::malformed},
      {kRolePath, FakeTransport::status(429), "gggbgs", Cause::unavailable},
      {kRolePath, Failure{Cause::cut_off, "PLACE"}, "gggbgs", Cause::cut_off},
      {kRolePath, fake.ok(R"({"Code":"Failed"})"), "gggbgs", Cause::not_successful},
      {kRolePath, fake.ok(body_of(over)), "gggbgs", Cause::expired},
      {kRegionPath, FakeTransport::status(404), "gggggn", Cause::local},
      {kRegionPath, fake.ok("<html>"), "gggggn", Cause::local},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.path) + ": " + std::string(describe(row.cause)));
    Scene scene;
    scene.transport.set(row.path, row.behaviour);
    const auto steps = scene.check();
    EXPECT_EQ(marks(steps), row.marks);
    expect_bad(steps, row.cause);
  }
}

TEST(CheckSteps, WhereNothingAnswersTheAddressIsToBlame) {
  for (const Cause cause : {Cause::refused, Cause::no_network, Cause::unreachable, Cause::timed_out,
                            Cause::cut_off, Cause::malformed}) {
    Scene scene;
    for (const char* path : {kTokenPath, kListPath, kRolePath}) {
      scene.transport.set(path, Failure{cause, "PLACE"});
    }
    const auto steps = scene.check();
    EXPECT_EQ(marks(steps), "bsssss");
    expect_bad(steps, cause);
  }
}

TEST(CheckSteps, WhereNothingIsGivenWithoutATokenTheTokenIsToBlame) {
  for (const auto& [status, cause] :
       {std::pair{404, Cause::denied}, {403, Cause::denied}, {503, Cause::no_token}}) {
    Scene scene;
    scene.transport.require_tokens();
    scene.transport.set(kTokenPath, FakeTransport::status(status));
    const auto steps = scene.check();
    EXPECT_EQ(marks(steps), "gbssss") << status;
    expect_bad(steps, cause);
  }
}

TEST(CheckSteps, ATokenMayBeAMust) {
  Scene scene;
  scene.options.imdsv1_disabled = true;
  EXPECT_EQ(marks(scene.check()), "gggggg");
  scene.transport.set(kTokenPath, FakeTransport::status(404));
  const auto steps = scene.check();
  EXPECT_EQ(marks(steps), "gbssss");
  EXPECT_NE(step(steps, "token").advice.find("--disable-imdsv1"), std::string::npos);
}

TEST(CheckSteps, TheClockMayBeOffByAMinute) {
  struct Row {
    std::chrono::seconds skew;
    const char* marks;
    const char* text;
  };
  constexpr Row kRows[] = {{60s, "gggggg", "as the service's"},
                           {-60s, "gggggg", "as the service's"},
                           {61s, "ggggbg", "1 min 1 s ahead of the service's"},
                           {-8h, "ggggbg", "8 h 0 min behind the service's"}};
  for (const Row& row : kRows) {
    Scene scene;
    scene.clock.set_wall(scene.transport.time() + row.skew);
    const auto steps = scene.check();
    EXPECT_EQ(marks(steps), row.marks) << row.text;
    EXPECT_EQ(step(steps, "clock").text, row.text);
  }
}

TEST(CheckSteps, AnotherMachineThanAnInstanceIsNoFailure) {
  EXPECT_EQ(marks({check_instance("Alibaba Cloud ECS"), check_instance("KVM"), check_instance("")}),
            "gnn");
}

TEST(CheckSteps, AVpnInTheWayIsNamed) {
  const auto steps =
      Steps{check_route(Route{"100.100.100.200", "172.16.0.2", "eth0", ""}),
            check_route(Route{"100.100.100.200", "172.16.0.2", "eth0", "tailscale0"}),
            check_route(tl::unexpected(Failure{Cause::no_network, "Network is unreachable"}))};
  EXPECT_EQ(marks(steps), "gnb");
  EXPECT_EQ(steps[0].text, "to 100.100.100.200 from 172.16.0.2 by eth0");
  EXPECT_EQ(steps[1].advice.find("tailscale0 looks like a VPN"), 0U);
  expect_bad(steps, Cause::no_network);
}

}  // namespace
}  // namespace ramrolefs::unit
