// SPDX-License-Identifier: Apache-2.0
// Each fault as a client sees it, and what ends it.
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "tests/emulator/test_fixture.h"

namespace ramrolefs::emulator {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

class EmulatorFault : public EmulatorTest {
 protected:
  void SetUp() override { start(); }
};

TEST_F(EmulatorFault, DelayAnswersProperlyAndLate) {
  service_.control("fault?kind=delay&seconds=0.2");
  const auto begin = Clock::now();
  const Reply reply = service_.credential();
  EXPECT_GE(Clock::now() - begin, 200ms);
  EXPECT_EQ(service_.true_credential(), Json::parse(reply.body));
}

TEST_F(EmulatorFault, HangAnswersOnlyWhenItIsLifted) {
  service_.control("fault?kind=hang");
  Client client(service_.port);
  client.request("GET", kCredentialPath);
  ASSERT_TRUE(service_.counted("credential", 1));
  EXPECT_FALSE(client.readable());
  service_.control("rotate");
  service_.control("fault?kind=none");
  EXPECT_EQ(service_.true_credential(), Json::parse(client.receive().body));
}

TEST_F(EmulatorFault, HangOutlivesAClientThatHasGivenUp) {
  service_.control("fault?kind=hang&times=1");
  {
    Client client(service_.port);
    client.request("GET", kCredentialPath);
    ASSERT_TRUE(service_.counted("credential", 1));
  }
  EXPECT_EQ(200, service_.credential().status);
}

TEST_F(EmulatorFault, TrickleSendsTheRightAnswerByteByByte) {
  service_.control("fault?kind=trickle&seconds=0.001&on=role_list");
  const auto begin = Clock::now();
  EXPECT_EQ("emulated-role", service_.role_list().body);
  EXPECT_GE(Clock::now() - begin, 100ms);  // head and body are 100 bytes and more
}

TEST_F(EmulatorFault, TrickleEndsAtOnceWhenItIsLifted) {
  service_.control("fault?kind=trickle&seconds=3600");
  Client client(service_.port);
  client.request("GET", kCredentialPath);
  ASSERT_TRUE(service_.counted("credential", 1));
  service_.control("fault?kind=none");
  EXPECT_TRUE(client.receive().whole);
}

TEST_F(EmulatorFault, CloseSendsNoByte) {
  service_.control("fault?kind=close");
  const Reply reply = service_.credential();
  EXPECT_EQ(0, reply.status);
  EXPECT_EQ("", reply.body);
}

TEST_F(EmulatorFault, TruncatePromisesTheWholeAndSendsHalf) {
  const std::size_t size = service_.credential().body.size();
  service_.control("fault?kind=truncate");
  const Reply reply = service_.credential();
  EXPECT_EQ(200, reply.status);
  EXPECT_EQ(std::to_string(size), reply.headers.at("content-length"));
  EXPECT_EQ(size / 2, reply.body.size());
  EXPECT_EQ("emula", service_.role_list().body.substr(0, 5));
  EXPECT_FALSE(service_.role_list().whole);
}

TEST_F(EmulatorFault, EndlessSendsAsMuchAsIsTaken) {
  service_.control("fault?kind=endless");
  Client client(service_.port);
  client.request("GET", kCredentialPath);
  const std::size_t most = 8 << 20;
  const Reply reply = client.receive(most);
  EXPECT_EQ(200, reply.status);
  EXPECT_FALSE(reply.headers.contains("content-length"));
  EXPECT_EQ(most, reply.body.size());
}

TEST_F(EmulatorFault, RedirectLeadsToTheRightAnswer) {
  service_.control("fault?kind=redirect");
  const Reply reply = service_.credential();
  EXPECT_EQ(302, reply.status);
  const std::string location = reply.headers.at("location");
  const std::string here = "http://emulated";
  ASSERT_TRUE(location.starts_with(here)) << location;
  const Reply followed = ask(service_.port, "GET", location.substr(here.size()));
  EXPECT_EQ(service_.true_credential(), Json::parse(followed.body));
}

TEST_F(EmulatorFault, StatusAnswersAnyStatus) {
  for (const int status : {200, 204, 401, 403, 404, 405, 429, 500, 503, 599}) {
    service_.control("fault?kind=status&status=" + std::to_string(status));
    EXPECT_EQ(status, service_.credential().status);
    EXPECT_EQ(status, service_.role_list().status);
    EXPECT_EQ(status, service_.token("60").status);
  }
}

TEST_F(EmulatorFault, BodiesOfNoUse) {
  service_.control("fault?kind=not_json");
  EXPECT_TRUE(service_.credential().body.starts_with("<html>"));
  service_.control("fault?kind=deep_json");
  const Reply deep = service_.credential();
  EXPECT_TRUE(deep.body.starts_with(std::string(30000, '[')));
  EXPECT_LT(deep.body.size(), 65536U);
  service_.control("fault?kind=large");
  const Reply large = service_.credential();
  EXPECT_GT(large.body.size(), 65536U);
  EXPECT_EQ(service_.true_credential(), Json::parse(large.body));
  EXPECT_TRUE(service_.role_list().body.starts_with("emulated-role   "));
}

TEST_F(EmulatorFault, SpoilsOneMemberAndNoOther) {
  const Json healthy = service_.true_credential();
  const std::string id = healthy.at("AccessKeyId");
  const auto spoilt = [&](const std::string& inserted) {
    return std::string(id).insert((id.size() + 2) / 2 - 1, inserted);  // the quotes count
  };
  const std::pair<const char*, Json> cases[] = {
      {"mistyped", 12345},
      {"control", spoilt("\a\n")},
      {"nul", spoilt(std::string(1, '\0'))},
      {"non_ascii", spoilt("\u00e9\u9375")},
      {"empty", ""},
  };
  for (const auto& [kind, value] : cases) {
    service_.control(std::string("fault?kind=") + kind + "&member=AccessKeyId");
    Json expected = healthy;
    expected["AccessKeyId"] = value;
    EXPECT_EQ(expected, Json::parse(service_.credential().body)) << kind;
    EXPECT_EQ("emulated-role", service_.role_list().body) << kind;
    EXPECT_EQ(healthy, service_.true_credential()) << kind;
  }
}

TEST_F(EmulatorFault, LosesAnyMember) {
  for (const char* name :
       {"AccessKeyId", "AccessKeySecret", "Expiration", "SecurityToken", "LastUpdated", "Code"}) {
    Json expected = service_.true_credential();
    expected.erase(name);
    service_.control(std::string("fault?kind=missing&member=") + name);
    EXPECT_EQ(expected, Json::parse(service_.credential().body));
  }
  service_.control("fault?kind=no_last_updated");
  EXPECT_FALSE(Json::parse(service_.credential().body).contains("LastUpdated"));
}

TEST_F(EmulatorFault, EscapesControlCharactersInJson) {
  service_.control("fault?kind=control&member=SecurityToken");
  EXPECT_NE(std::string::npos, service_.credential().body.find(R"(\u0007\n)"));
  service_.control("fault?kind=nul&member=SecurityToken");
  EXPECT_NE(std::string::npos, service_.credential().body.find(R"(\u0000)"));
}

TEST_F(EmulatorFault, SpoilsPlainTextWhereItIsNamed) {
  service_.control("fault?kind=control&on=role_list");
  EXPECT_EQ("emulat\a\ned-role", service_.role_list().body);
  EXPECT_EQ(service_.true_credential(), Json::parse(service_.credential().body));
  service_.control("fault?kind=nul&on=role_list");
  EXPECT_EQ(std::string("emulat\0ed-role", 14), service_.role_list().body);
  service_.control("fault?kind=empty&on=token");
  const Reply token = service_.token("60");
  EXPECT_EQ(200, token.status);
  EXPECT_EQ("", token.body);
}

TEST_F(EmulatorFault, GivesBadNewsInGoodForm) {
  service_.control("fault?kind=code");
  EXPECT_EQ("Failed", Json::parse(service_.credential().body).at("Code"));
  service_.control("fault?kind=bad_date");
  EXPECT_EQ("2026-13-45T99:99:99Z", Json::parse(service_.credential().body).at("Expiration"));
  service_.control("set?clock_offset=-7200");
  service_.control("fault?kind=expired");
  const std::string now = service_.state().at("now");
  const std::string expiration = Json::parse(service_.credential().body).at("Expiration");
  EXPECT_LT(expiration, now);
  EXPECT_NE(expiration.substr(0, 13), now.substr(0, 13));  // another hour
}

TEST_F(EmulatorFault, TakesAwayOrSpoilsTheHttpDate) {
  service_.control("fault?kind=no_date");
  EXPECT_FALSE(service_.credential().headers.contains("date"));
  service_.control("fault?kind=bad_http_date");
  EXPECT_NE(std::string::npos, service_.credential().headers.at("date").find("99 Foo"));
}

TEST_F(EmulatorFault, ConcernsTheEndpointItIsOrderedFor) {
  const std::function<int()> requests[] = {
      [&] { return service_.token("60").status; }, [&] { return service_.role_list().status; },
      [&] { return service_.credential().status; },
      [&] { return ask(service_.port, "GET", "/latest/meta-data/region-id").status; }};
  const char* names[] = {"token", "role_list", "credential", "region"};
  for (std::size_t faulty = 0; faulty < 4; ++faulty) {
    service_.control(std::string("fault?kind=status&status=503&on=") + names[faulty]);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(i == faulty ? 503 : 200, requests[i]());
  }
}

TEST_F(EmulatorFault, HoldsForSoManyRequests) {
  service_.control("fault?kind=status&status=503&times=2&on=credential");
  EXPECT_EQ(200, service_.role_list().status);
  EXPECT_EQ(503, service_.credential().status);
  EXPECT_EQ(1, service_.state().at("fault").at("times_left"));
  EXPECT_EQ(503, service_.credential().status);
  EXPECT_EQ(200, service_.credential().status);
}

TEST_F(EmulatorFault, CanBeOrderedByEachNameThatARefusalLists) {
  const Reply refusal = ask(service_.port, "POST", "/emulator/fault?kind=x");
  const std::string error = nlohmann::json::parse(refusal.body).at("error");
  std::istringstream names(error.substr(error.rfind(": ") + 2));
  std::size_t count = 0;
  for (std::string name; std::getline(names >> std::ws, name, ','); ++count) {
    EXPECT_EQ(name, service_.control("fault?kind=" + name).at("fault").at("kind"));
  }
  EXPECT_EQ(24U, count);
}

TEST_F(EmulatorFault, ShowsInTheState) {
  EXPECT_EQ(Json({{"kind", "none"}}), service_.state().at("fault"));
  service_.control("fault?kind=delay&seconds=2.5&on=token");
  EXPECT_EQ(Json({{"kind", "delay"}, {"on", "token"}, {"seconds", 2.5}}),
            service_.state().at("fault"));
}

TEST_F(EmulatorFault, NeverConcernsControl) {
  for (const char* kind : {"hang", "close", "status", "no_date"}) {
    service_.control(std::string("fault?kind=") + kind);
    const Reply reply = ask(service_.port, "GET", "/emulator/state");
    EXPECT_EQ(200, reply.status) << kind;
    EXPECT_TRUE(reply.headers.contains("date")) << kind;
  }
}

TEST_F(EmulatorFault, LeavesTheConnectionInUseWhereTheAnswerWasWhole) {
  service_.control("fault?kind=status&status=503&times=1");
  Client client(service_.port);
  client.request("GET", kCredentialPath);
  EXPECT_EQ(503, client.receive().status);
  client.request("GET", kCredentialPath);
  EXPECT_EQ(200, client.receive().status);
  EXPECT_EQ(1U, service_.count("connections"));
}

}  // namespace
}  // namespace ramrolefs::emulator
