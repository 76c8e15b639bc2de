// SPDX-License-Identifier: Apache-2.0
// The control interface under /emulator/.
#include <gtest/gtest.h>

#include "tests/emulator/test_fixture.h"

namespace ramrolefs::emulator {
namespace {

using Json = nlohmann::json;
using EmulatorControl = EmulatorTest;

TEST_F(EmulatorControl, InvalidatesTokensOnRequest) {
  start();
  const std::string token = service_.token("60").body;
  service_.control("invalidate-tokens");
  EXPECT_EQ(401, service_.credential(token).status);
  EXPECT_EQ(200, service_.credential(service_.token("60").body).status);
}

TEST_F(EmulatorControl, KeepsACredentialUntilItIsRotated) {
  start();
  const Reply first = service_.credential();
  EXPECT_EQ(first.body, service_.credential().body);
  EXPECT_EQ(Json::parse(first.body), service_.true_credential());
  EXPECT_EQ(2, service_.control("rotate").at("credentials_made"));
  const Json second = Json::parse(service_.credential().body);
  for (const char* name : {"AccessKeyId", "AccessKeySecret", "SecurityToken"}) {
    EXPECT_NE(Json::parse(first.body).at(name), second.at(name)) << name;
  }
}

TEST_F(EmulatorControl, GivesEachRoleItsOwnCredential) {
  start();
  const std::string first = id_of(service_.credential());
  EXPECT_EQ("swapped", service_.control("role?name=swapped").at("role"));
  EXPECT_EQ("swapped", service_.role_list().body);
  EXPECT_EQ(404, service_.credential().status);
  EXPECT_NE(first, id_of(ask(service_.port, "GET", kListPath + std::string("swapped"))));
  service_.control("role?name=");
  EXPECT_EQ(404, service_.role_list().status);
  service_.control("role?name=emulated-role");
  EXPECT_EQ(200, service_.credential().status);
}

TEST_F(EmulatorControl, ShapesOnlyLaterCredentialsByANewLifetimeAndClock) {
  start();
  const std::string before = service_.credential().body;
  service_.control("set?lifetime=60&clock_offset=3600&renew_before=0");
  const Reply reply = service_.credential();
  EXPECT_EQ(before, reply.body);
  const auto date = parse_time(reply.headers.at("date"), kHttpDate);
  EXPECT_GT(date, std::chrono::system_clock::now() + std::chrono::minutes(59));
  service_.control("rotate");
  const Json json = service_.true_credential();
  EXPECT_EQ(std::chrono::minutes(1), parse_time(json.at("Expiration"), kIso8601) -
                                         parse_time(json.at("LastUpdated"), kIso8601));
}

TEST_F(EmulatorControl, CountsMetadataRequestsAndTheirConnectionsAlone) {
  start();
  Client client(service_.port);
  for (const char* path : {kListPath, kCredentialPath, "/emulator/state", "/nothing"}) {
    client.request("GET", path);
    client.receive();
  }
  service_.token("60");
  const Json expected{{"token", 1}, {"role_list", 1}, {"credential", 1}, {"region", 0},
                      {"other", 1}, {"total", 4},     {"connections", 2}};
  EXPECT_EQ(expected, service_.state().at("requests"));
  EXPECT_EQ(0, service_.control("reset-counters").at("requests").at("total"));
}

TEST_F(EmulatorControl, RefusesWrongControlsAndNamesThem) {
  start();
  const struct {
    const char* method;
    const char* target;
    int status;
    const char* named;
  } cases[] = {
      {"POST", "/emulator/fault", 400, "kind"},
      {"POST", "/emulator/fault?kind=x", 400, "'x'"},
      {"POST", "/emulator/fault?kind=hang&on=moon", 400, "'moon'"},
      {"POST", "/emulator/fault?kind=hang&seconds=1", 400, "seconds"},
      {"POST", "/emulator/fault?kind=hang&times=0", 400, "'0'"},
      {"POST", "/emulator/fault?kind=delay&seconds=-1", 400, "'-1'"},
      {"POST", "/emulator/fault?kind=status&status=42", 400, "'42'"},
      {"POST", "/emulator/fault?kind=missing&member=Nose", 400, "'Nose'"},
      {"POST", "/emulator/fault?kind=missing&on=token", 400, "'token'"},
      {"POST", "/emulator/role", 400, "name"},
      {"POST", "/emulator/role?name=a/b", 400, "'a/b'"},
      {"POST", "/emulator/set", 400, "lifetime"},
      {"POST", "/emulator/set?lifetime=0", 400, "'0'"},
      {"POST", "/emulator/set?hardened=yes", 400, "'yes'"},
      {"POST", "/emulator/set?hardened=true&colour=%ff", 400, "colour"},
      {"POST", "/emulator/rotate?now=1", 400, "now"},
      {"GET", "/emulator/rotate", 405, "POST"},
      {"GET", "/emulator/nothing", 404, "/emulator/nothing"},
  };
  const Json before = service_.state();
  for (const auto& each : cases) {
    const Reply reply = ask(service_.port, each.method, each.target);
    EXPECT_EQ(each.status, reply.status) << each.target;
    const std::string error = Json::parse(reply.body).at("error");
    EXPECT_NE(std::string::npos, error.find(each.named)) << each.target << ": " << error;
  }
  Json after = service_.state();
  after["now"] = before.at("now");
  EXPECT_EQ(before, after);
}

TEST_F(EmulatorControl, TakesControlParametersFromAFormToo) {
  start();
  Client client(service_.port);
  client.request("POST", "/emulator/role",
                 "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n");
  client.send("name=form");
  EXPECT_EQ(200, client.receive().status);
  EXPECT_EQ("form", service_.role_list().body);
}

}  // namespace
}  // namespace ramrolefs::emulator
