// SPDX-License-Identifier: Apache-2.0
// The emulator keeps the contract of the metadata service, and its own: seen from outside.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/emulator/test_fixture.h"

namespace ramrolefs::emulator {
namespace {

using Json = nlohmann::json;

using Emulator = EmulatorTest;

std::string id_of(const Reply& reply) {
  const Json json = Json::parse(reply.body, nullptr, false);
  return json.is_object() ? json.value("AccessKeyId", "") : "";
}

std::chrono::system_clock::time_point parse_time(const std::string& text, const char* pattern) {
  std::tm parts{};
  EXPECT_NE(nullptr, strptime(text.c_str(), pattern, &parts)) << text;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

TEST_F(Emulator, SaysWhereItListensInOneLine) {
  start();
  EXPECT_EQ("listening on http://127.0.0.1:" + std::to_string(service_.port), process_->greeting());
  process_->signal(SIGTERM);
  EXPECT_EQ("", process_->rest());
  EXPECT_EQ(0, process_->exit_status());
}

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
  const auto made = parse_time(json.at("LastUpdated"), "%Y-%m-%dT%H:%M:%SZ");
  const auto ends = parse_time(json.at("Expiration"), "%Y-%m-%dT%H:%M:%SZ");
  const auto date = parse_time(reply.headers.at("date"), "%a, %d %b %Y %H:%M:%S GMT");
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
  EXPECT_EQ(4U, service_.count("other"));
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

TEST_F(Emulator, InvalidatesTokensOnRequest) {
  start();
  const std::string token = service_.token("60").body;
  service_.control("invalidate-tokens");
  EXPECT_EQ(401, service_.credential(token).status);
  EXPECT_EQ(200, service_.credential(service_.token("60").body).status);
}

TEST_F(Emulator, KeepsACredentialUntilItIsRotated) {
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

TEST_F(Emulator, RenewsACredentialThatHasLessThanHalfOfItsLifetimeLeft) {
  start("--lifetime 0.4");
  const auto begin = std::chrono::steady_clock::now();
  const std::string first = id_of(service_.credential());
  while (id_of(service_.credential()) == first) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

TEST_F(Emulator, GivesEachRoleItsOwnCredential) {
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

TEST_F(Emulator, ShapesOnlyLaterCredentialsByANewLifetimeAndClock) {
  start();
  const std::string before = service_.credential().body;
  service_.control("set?lifetime=60&clock_offset=3600&renew_before=0");
  const Reply reply = service_.credential();
  EXPECT_EQ(before, reply.body);
  const auto date = parse_time(reply.headers.at("date"), "%a, %d %b %Y %H:%M:%S GMT");
  EXPECT_GT(date, std::chrono::system_clock::now() + std::chrono::minutes(59));
  service_.control("rotate");
  const Json json = service_.true_credential();
  EXPECT_EQ(std::chrono::minutes(1), parse_time(json.at("Expiration"), "%Y-%m-%dT%H:%M:%SZ") -
                                         parse_time(json.at("LastUpdated"), "%Y-%m-%dT%H:%M:%SZ"));
}

TEST_F(Emulator, CountsMetadataRequestsAndTheirConnectionsAlone) {
  start();
  Client client(service_.port);
  for (const char* path : {kListPath, kCredentialPath, "/emulator/state", "/nothing"}) {
    client.request("GET", path);
    client.receive();
  }
  service_.token("60");
  const Json expected{{"token", 1}, {"role_list", 1}, {"credential", 1},
                      {"other", 1}, {"total", 4},     {"connections", 2}};
  EXPECT_EQ(expected, service_.state().at("requests"));
  EXPECT_EQ(0, service_.control("reset-counters").at("requests").at("total"));
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

TEST_F(Emulator, RefusesWrongControlsAndNamesThem) {
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

TEST_F(Emulator, TakesControlParametersFromAFormToo) {
  start();
  Client client(service_.port);
  client.request("POST", "/emulator/role",
                 "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n");
  client.send("name=form");
  EXPECT_EQ(200, client.receive().status);
  EXPECT_EQ("form", service_.role_list().body);
}

TEST(EmulatorOptions, RefusesAWrongOptionInOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::vector<const char*>>> cases{
      {{"--port", "65536"}, {"--port", "'65536'", "0 to 65535"}},
      {{"--port"}, {"--port", "N"}},
      {{"--listen", "here"}, {"--listen", "'here'", "IPv4"}},
      {{"--lifetime", "0"}, {"--lifetime", "'0'", "seconds from"}},
      {{"--lifetime", "nan"}, {"--lifetime", "'nan'", "seconds from"}},
      {{"--renew-before", "-1"}, {"--renew-before", "'-1'", "seconds from"}},
      {{"--clock-offset", "1h"}, {"--clock-offset", "'1h'", "seconds from"}},
      {{"--role", "a b"}, {"--role", "'a b'", "letters"}},
      {{"--hardened=yes"}, {"--hardened", "no value"}},
      {{"--nonsense"}, {"--nonsense"}},
      {{"nonsense"}, {"nonsense"}},
  };
  for (const auto& [arguments, named] : cases) {
    EmulatorProcess process(arguments);
    const std::string line = process.line();
    for (const char* part : named) EXPECT_NE(std::string::npos, line.find(part)) << line;
    EXPECT_EQ("", process.rest());
    EXPECT_EQ(2, process.exit_status()) << line;
  }
}

TEST(EmulatorOptions, ShowsItsPageAndVersion) {
  EmulatorProcess help({"--help"});
  const std::string page = help.rest();
  for (const char* part : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "CONTROL INTERFACE",
                           "FAULTS", "EXAMPLES", "EXIT STATUS", "--renew-before SECONDS",
                           "POST /emulator/invalidate-tokens", "bad_http_date"}) {
    EXPECT_NE(std::string::npos, page.find(part)) << part;
  }
  EXPECT_EQ(0, help.exit_status());
  EmulatorProcess version({"--version"});
  EXPECT_TRUE(version.line().starts_with("ramrolefs-emulator "));
  EXPECT_EQ(0, version.exit_status());
}

TEST_F(Emulator, LeavesAPortThatIsInUseAndSaysSo) {
  start();
  EmulatorProcess second({"--port", std::to_string(service_.port)});
  const std::string line = second.line();
  EXPECT_NE(std::string::npos, line.find(std::to_string(service_.port))) << line;
  EXPECT_NE(std::string::npos, line.find("in use")) << line;
  EXPECT_EQ(1, second.exit_status());
}

TEST_F(Emulator, EndsAtSigintToo) {
  start();
  Client idle(service_.port);
  idle.request("GET", kListPath);
  idle.receive();
  process_->signal(SIGINT);
  EXPECT_EQ(0, process_->exit_status());
}

}  // namespace
}  // namespace ramrolefs::emulator
