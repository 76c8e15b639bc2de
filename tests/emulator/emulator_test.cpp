// SPDX-License-Identifier: Apache-2.0
// The contract of the metadata service, as a client sees it.
#include <gtest/gtest.h>

#include "tests/emulator/test_fixture.h"

namespace ramrolefs::emulator {
namespace {

using Json = nlohmann::json;
using Emulator = EmulatorTest;

TEST_F(Emulator, GivesATokenForATtlInRangeOnly) {
  start();
  for (const char* ttl : {"1", "180", "21600"}) EXPECT_EQ(200, service_.token(ttl).status) << ttl;
  for (const char* ttl : {"0", "-1", "21601", "", "x", "60s", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(400, service_.token(ttl).status) << ttl;
  }
  EXPECT_EQ(400, ask(service_.port, "PUT", kTokenPath).status);
}

TEST_F(Emulator, GivesNoTokenToAProxyOrAnotherMethod) {
  start();
  const std::string ttl = "X-aliyun-ecs-metadata-token-ttl-seconds: 60\r\n";
  EXPECT_EQ(403,
            ask(service_.port, "PUT", kTokenPath, ttl + "X-Forwarded-For: 1.2.3.4\r\n").status);
  for (const char* method : {"GET", "POST", "DELETE", "PATCH", "OPTIONS"}) {
    EXPECT_EQ(405, ask(service_.port, method, kTokenPath, ttl).status) << method;
  }
}

TEST_F(Emulator, TakesAPutWithABodyWithNoneAndWithoutALength) {
  start();
  Client client(service_.port);
  const std::string ttl = "X-aliyun-ecs-metadata-token-ttl-seconds: 60\r\n";
  client.request("PUT", kTokenPath, ttl);
  EXPECT_EQ(200, client.receive().status);
  client.request("PUT", kTokenPath, ttl + "Content-Length: 0\r\n");
  EXPECT_EQ(200, client.receive().status);
  client.request("PUT", kTokenPath, ttl + "Content-Length: 4\r\n");
  client.send("body");
  EXPECT_EQ(200, client.receive().status);
  client.request("PUT", kTokenPath, ttl + "Transfer-Encoding: chunked\r\n");
  client.send("0\r\n\r\n");
  EXPECT_EQ(200, client.receive().status);
}

TEST_F(Emulator, NamesItsRoleWithAndWithoutASlash) {
  start("--role my.role-1");
  EXPECT_EQ("my.role-1", service_.role_list().body);
  EXPECT_EQ("my.role-1",
            ask(service_.port, "GET", "/latest/meta-data/ram/security-credentials").body);
}

TEST_F(Emulator, GivesTheCredentialInTheDocumentedForm) {
  start();
  const Reply reply = service_.credential();
  EXPECT_EQ(200, reply.status);
  const Json json = Json::parse(reply.body);
  const auto member = [&](const char* name) {
    return std::string("  \"") + name + "\" : \"" + json.at(name).get<std::string>() + "\"";
  };
  EXPECT_EQ("{\n" + member("AccessKeyId") + ",\n" + member("AccessKeySecret") + ",\n" +
                member("Expiration") + ",\n" + member("SecurityToken") + ",\n" +
                member("LastUpdated") + ",\n" + member("Code") + "\n}",
            reply.body);
  EXPECT_EQ("Success", json.at("Code"));
  const std::string id = json.at("AccessKeyId");
  EXPECT_TRUE(id.starts_with("STS.") && id.size() == 28) << id;
  EXPECT_EQ(44U, json.at("AccessKeySecret").get<std::string>().size());
  const std::string token = json.at("SecurityToken");
  EXPECT_TRUE(token.starts_with("CAIS") && token.size() > 650) << token;
}

TEST_F(Emulator, LivesForTheLifetimeOnItsOwnClock) {
  start("--lifetime 7200 --clock-offset -86400");
  const Reply reply = service_.credential();
  const Json json = Json::parse(reply.body);
  const auto made = parse_time(json.at("LastUpdated"), kIso8601);
  const auto ends = parse_time(json.at("Expiration"), kIso8601);
  const auto date = parse_time(reply.headers.at("date"), kHttpDate);
  const auto yesterday = std::chrono::system_clock::now() - std::chrono::hours(24);
  EXPECT_EQ(std::chrono::hours(2), ends - made);
  EXPECT_LT(abs(made - yesterday), std::chrono::minutes(1));
  EXPECT_LT(abs(date - yesterday), std::chrono::minutes(1));
}

TEST_F(Emulator, KnowsNoOtherRole) {
  start();
  EXPECT_EQ(404, ask(service_.port, "GET", kListPath + std::string("other")).status);
  EXPECT_EQ(404, ask(service_.port, "GET", kCredentialPath + std::string("/")).status);
  EXPECT_EQ(404, ask(service_.port, "GET", kCredentialPath + std::string("x")).status);
}

TEST_F(Emulator, WithoutARoleAnswers404) {
  start("--role=");
  EXPECT_EQ(404, service_.role_list().status);
  EXPECT_EQ(404, service_.credential().status);
  EXPECT_EQ(404, ask(service_.port, "GET", "/emulator/credential").status);
  EXPECT_EQ(409, ask(service_.port, "POST", "/emulator/rotate").status);
}

TEST_F(Emulator, TellsItsRegionAndWhatThereIs) {
  start();
  EXPECT_EQ("cn-hangzhou", ask(service_.port, "GET", "/latest/meta-data/region-id").body);
  EXPECT_EQ(200, ask(service_.port, "GET", "/latest/meta-data/").status);
  EXPECT_EQ(404, ask(service_.port, "GET", "/latest/meta-data/nothing").status);
  EXPECT_EQ(404, ask(service_.port, "GET", "/").status);
  EXPECT_EQ(1U, service_.count("region"));
  EXPECT_EQ(3U, service_.count("other"));
}

TEST_F(Emulator, InNormalModeTakesAGoodTokenAndRefusesABadOne) {
  start();
  const std::string token = service_.token("60").body;
  EXPECT_EQ(200, service_.role_list(token).status);
  EXPECT_EQ(200, service_.credential(token).status);
  EXPECT_EQ(401, service_.credential("bad").status);
}

TEST_F(Emulator, InHardenedModeInsistsOnAToken) {
  start("--hardened");
  EXPECT_EQ(403, service_.role_list().status);
  EXPECT_EQ(403, service_.credential().status);
  const std::string token = service_.token("60").body;
  EXPECT_EQ(200, service_.role_list(token).status);
  EXPECT_EQ(200, service_.credential(token).status);
  service_.control("set?hardened=false");
  EXPECT_EQ(200, service_.credential().status);
}

TEST_F(Emulator, ForgetsATokenWhenItsTtlIsOver) {
  start();
  const auto begin = std::chrono::steady_clock::now();
  const std::string token = service_.token("1").body;
  EXPECT_EQ(200, service_.credential(token).status);
  while (service_.credential(token).status == 200) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_EQ(401, service_.credential(token).status);
}

TEST_F(Emulator, RenewsACredentialThatHasLessThanHalfOfItsLifetimeLeft) {
  start("--lifetime 0.4");
  const auto begin = std::chrono::steady_clock::now();
  const std::string first = id_of(service_.credential());
  while (id_of(service_.credential()) == first) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

TEST_F(Emulator, DatesEveryAnswer) {
  start();
  for (const char* path : {kTokenPath, kListPath, kCredentialPath, "/nothing", "/emulator/state"}) {
    EXPECT_TRUE(ask(service_.port, "GET", path).headers.contains("date")) << path;
  }
  Client client(service_.port);
  client.send("NONSENSE\r\n\r\n");
  const Reply refused = client.receive();
  EXPECT_EQ(400, refused.status);
  EXPECT_TRUE(refused.headers.contains("date"));
}

TEST_F(Emulator, AnswersPlainlyWhateverTheClientOffers) {
  start();
  const Reply reply = ask(service_.port, "GET", kCredentialPath,
                          "Accept-Encoding: gzip, br\r\nRange: bytes=0-9\r\n");
  EXPECT_EQ(200, reply.status);
  EXPECT_EQ(service_.credential().body, reply.body);
}

TEST_F(Emulator, AnswersRequestsThatComeInOnePacket) {
  start();
  Client client(service_.port);
  const std::string request = std::string("GET ") + kListPath + " HTTP/1.1\r\n\r\n";
  client.send(request + request + request);
  for (int i = 0; i < 3; ++i) EXPECT_EQ("emulated-role", client.receive().body);
}

TEST_F(Emulator, SurvivesAPathOfManyThousandCharacters) {
  start();
  EXPECT_EQ(404, ask(service_.port, "GET", "/" + std::string(8000, 'x')).status);
  EXPECT_EQ(414, ask(service_.port, "GET", "/" + std::string(9000, 'x')).status);
  EXPECT_EQ(200, service_.credential().status);
}

}  // namespace
}  // namespace ramrolefs::emulator
