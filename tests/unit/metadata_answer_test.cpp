// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_answer.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

using namespace std::string_literals;

constexpr std::chrono::sys_seconds kFetched = kStartOfWall + std::chrono::hours(2);

/// An answer whose members are written as they are given: JSON, or what a broken service takes for
/// it. Text of `more` follows the last.
std::string answer_with(const std::map<std::string, std::string>& changed,
                        const std::string& more = "") {
  std::map<std::string, std::string> members = {{"Code", R"("Success")"},
                                                {"AccessKeyId", R"("STS.id")"},
                                                {"AccessKeySecret", R"("a secret")"},
                                                {"SecurityToken", R"("a token")"},
                                                {"Expiration", R"("2017-11-01T06:00:00Z")"},
                                                {"LastUpdated", R"("2017-11-01T00:00:00Z")"}};
  for (const auto& [name, value] : changed) members[name] = value;
  std::string text;
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    text += (text.empty() ? "{" : ",");
    text += "\"" + name + "\":" + value;
  }
  return text + more + "}";
}

Result<Credential> parse(const std::string& body) {
  return parse_credential(body, "a-role", kFetched);
}

struct Row {
  const char* name;
  std::string body;
  Cause cause;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(outcome(parse(row.body)), describe(row.cause));
  }
}

TEST(ParseCredential, TakesAWholeAnswer) {
  const auto credential = parse(answer_with({}));
  ASSERT_TRUE(credential) << credential.error().detail;
  EXPECT_EQ(credential->role, "a-role");
  EXPECT_EQ(credential->access_key_id.expose(), "STS.id");
  EXPECT_EQ(credential->access_key_secret.expose(), "a secret");
  EXPECT_EQ(credential->security_token.expose(), "a token");
  EXPECT_EQ(format_utc(credential->expiration), "2017-11-01T06:00:00Z");
  EXPECT_EQ(format_utc(credential->last_updated), "2017-11-01T00:00:00Z");
}

TEST(ParseCredential, WithoutLastUpdatedTheFetchTakesItsPlace) {
  const auto credential = parse(answer_with({{"LastUpdated", ""}}));
  ASSERT_TRUE(credential) << credential.error().detail;
  EXPECT_EQ(format_utc(credential->last_updated), format_utc(kFetched));
}

TEST(ParseCredential, TakesWhatIsOfNoConcern) {
  const std::string rows[] = {
      answer_with({{"AccessKeyId", R"("\u0053TS.id")"}}),        // an escape for what is printable
      answer_with({}, R"(,"Unknown":null,"More":{"a":[1,2]})"),  // members that nobody knows
      " \r\n\t" + answer_with({}) + " \r\n",
      answer_with({}, ",\"Deep\":" + std::string(30000, '[') + std::string(30000, ']')),
  };
  for (const std::string& body : rows) {
    const auto credential = parse(body);
    ASSERT_TRUE(credential) << credential.error().detail << " " << body.substr(0, 200);
    EXPECT_EQ(credential->access_key_id.expose(), "STS.id");
  }
}

TEST(ParseCredential, OfAMemberThatIsThereTwiceTheLastOneCounts) {
  const auto credential = parse(answer_with({}, R"(,"AccessKeyId":"STS.last")"));
  ASSERT_TRUE(credential) << credential.error().detail;
  EXPECT_EQ(credential->access_key_id.expose(), "STS.last");
  EXPECT_EQ(outcome(parse(answer_with({}, R"(,"AccessKeyId":1)"))), describe(Cause::malformed));
  EXPECT_EQ(outcome(parse(answer_with({}, R"(,"Code":"Failed")"))),
            describe(Cause::not_successful));
}

TEST(ParseCredential, TakesNothingThatIsNoJsonObject) {
  check({
      {"nothing", "", Cause::malformed},
      {"white space", " \n", Cause::malformed},
      {"an error page of a proxy", "<html>busy</html>", Cause::malformed},
      {"a body cut off in the middle", R"({"Code":"Success","Acc)", Cause::malformed},
      {"a body cut off at its last byte", answer_with({}).substr(0, answer_with({}).size() - 1),
       Cause::malformed},
      {"something after it", answer_with({}) + "x", Cause::malformed},
      {"two of them", answer_with({}) + answer_with({}), Cause::malformed},
      {"an array", "[" + answer_with({}) + "]", Cause::malformed},
      {"a string", R"("Success")", Cause::malformed},
      {"a number", "200", Cause::malformed},
      {"null", "null", Cause::malformed},
      {"NUL bytes alone", std::string(100, '\0'), Cause::malformed},
      {"single quotes", "{'Code':'Success'}", Cause::malformed},
      {"a comma too many", answer_with({}, ","), Cause::malformed},
      {"a comment", "/* */" + answer_with({}), Cause::malformed},
      {"nested deeply, and never closed", std::string(30000, '['), Cause::malformed},
      {"nested deeply", std::string(30000, '[') + std::string(30000, ']'), Cause::malformed},
      {"objects nested deeply, cut off",
       [] {
         std::string deep;
         for (int i = 0; i < 10000; ++i) deep += "{\"a\":";
         return deep;
       }(),
       Cause::malformed},
      {"bytes that are no UTF-8", answer_with({}, ",\"x\":\"\xff\xfe\""), Cause::malformed},
      {"in UTF-16", "{\0\"\0C\0"s, Cause::malformed},
  });
}

TEST(ParseCredential, TakesNothingAfterANul) {
  check({
      {"a NUL", answer_with({}) + "\0"s, Cause::malformed},
      {"and more", answer_with({}) + "\0rest"s, Cause::malformed},
      {"and the body of another", answer_with({}) + "\0"s + answer_with({}), Cause::malformed},
  });
}

TEST(ParseCredential, AsksThatCodeIsSuccess) {
  check({
      {"missing", answer_with({{"Code", ""}}), Cause::malformed},
      {"a number", answer_with({{"Code", "200"}}), Cause::malformed},
      {"null", answer_with({{"Code", "null"}}), Cause::malformed},
      {"empty", answer_with({{"Code", R"("")"}}), Cause::malformed},
      {"another", answer_with({{"Code", R"("Failed")"}}), Cause::not_successful},
      {"of another case", answer_with({{"Code", R"("success")"}}), Cause::not_successful},
      {"with more", answer_with({{"Code", R"("Success ")"}}), Cause::not_successful},
      {"another, and nothing else", R"({"Code":"InvalidRole"})", Cause::not_successful},
  });
}

TEST(ParseCredential, WantsEachMemberAsPrintableText) {
  const std::vector<std::pair<const char*, std::string>> bad = {
      {"missing", ""},
      {"null", "null"},
      {"a number", "1509513601"},
      {"true", "true"},
      {"an object", "{}"},
      {"an array", R"(["2017-11-01T06:00:00Z"])"},
      {"empty", R"("")"},
      {"NUL", R"("a\u0000b")"},
      {"a line end", R"("a\nb")"},
      {"a carriage return", R"("a\rb")"},
      {"a tab", R"("a\tb")"},
      {"ESC", R"("a\u001bb")"},
      {"DEL", R"("a\u007fb")"},
      {"a raw line end", "\"a\nb\""},
      {"a raw NUL", "\"a\0b\""s},
      {"not ASCII", "\"caf\xc3\xa9\""},
      {"not ASCII, as an escape", R"("caf\u00e9")"},
      {"no UTF-8", "\"a\xff\""},
      {"half of a surrogate pair", R"("\ud800")"},
  };
  for (const char* member :
       {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration", "LastUpdated"}) {
    for (const auto& [name, value] : bad) {
      if (member == "LastUpdated"s && value.empty()) continue;  // it may be missing
      SCOPED_TRACE(member + " is: "s + name);
      EXPECT_EQ(outcome(parse(answer_with({{member, value}}))), describe(Cause::malformed));
    }
  }
}

TEST(ParseCredential, TakesNoOtherFormOfTime) {
  for (const char* member : {"Expiration", "LastUpdated"}) {
    for (const char* value : {R"("2017-11-01")", R"("2017-02-29T00:00:00Z")", R"("never")",
                              R"("2017-11-01T06:00:00+00:00")", R"(" 2017-11-01T06:00:00Z")"}) {
      SCOPED_TRACE(std::string(member) + " is " + value);
      EXPECT_EQ(outcome(parse(answer_with({{member, value}}))), describe(Cause::malformed));
    }
  }
}

TEST(ParseCredential, SaysWhichMemberIsWrongAndNoByteOfIt) {
  for (const char* member : {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}) {
    const auto credential = parse(answer_with({{member, R"("PRIVATE\u0001")"}}));
    ASSERT_FALSE(credential);
    EXPECT_NE(credential.error().detail.find(member), std::string::npos);
    EXPECT_EQ(credential.error().detail.find("PRIVATE"), std::string::npos);
  }
  const auto code = parse(answer_with({{"Code", R"("PRIVATE")"}}));
  EXPECT_EQ(code.error().detail.find("PRIVATE"), std::string::npos);
}

TEST(ParseRoleName, TakesOneNameWithWhiteSpaceAroundIt) {
  const std::string longest(64, 'x');
  for (const std::string& name : {"a-role"s, "R"s, "AliyunECS.Role_1-2"s, longest, "..."s}) {
    for (const std::string& body : {name, name + "\n", "  " + name + "\r\n"}) {
      const auto role = parse_role_name(body);
      ASSERT_TRUE(role) << body;
      EXPECT_EQ(*role, name);
    }
  }
}

TEST(ParseRoleName, TakesNothingElse) {
  const std::vector<Row> rows = {
      {"nothing: no role is attached", "", Cause::no_role},
      {"white space", " \r\n", Cause::no_role},
      {"two of them", "role-a\nrole-b", Cause::malformed},
      {"longer than RAM allows", std::string(65, 'x'), Cause::malformed},
      {"a path", "a/b", Cause::malformed},
      {"a path upwards", "../../etc", Cause::malformed},
      {"a query", "a?b", Cause::malformed},
      {"a percent sign", "a%2fb", Cause::malformed},
      {"an error page", "<html>busy</html>", Cause::malformed},
      {"a NUL", "a\0b"s, Cause::malformed},
      {"not ASCII", "r\xc3\xb4le", Cause::malformed},
      {"a whole credential", answer_with({}), Cause::malformed},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(outcome(parse_role_name(row.body)), describe(row.cause));
  }
}

TEST(ParseToken, TakesPrintableTextWithoutSpaces) {
  for (const std::string& body : {"t"s, "YWxhZGRpbg==\n"s, std::string(4096, '~')}) {
    EXPECT_EQ(outcome(parse_token(body)), "success") << body;
  }
  EXPECT_EQ(parse_token(" a-token\r\n")->expose(), "a-token");
  for (const std::string& body : {""s, "\n"s, "two words"s, "two\r\nX-Header: 1"s,
                                  std::string(4097, 'x'), "a\0b"s, "caf\xc3\xa9"s, "a\x7f"s}) {
    EXPECT_EQ(outcome(parse_token(body)), describe(Cause::malformed)) << body;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
