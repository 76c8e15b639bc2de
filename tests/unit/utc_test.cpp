// SPDX-License-Identifier: Apache-2.0
#include "common/utc.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

using namespace std::string_literals;

struct Taken {
  std::string text;
  long long seconds;  // since 1970
};

TEST(ParseUtc, TakesTheServicesForm) {
  const Taken rows[] = {
      {"2017-11-01T05:20:01Z", 1509513601},   {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59Z", -1},           {"2024-02-29T12:00:00Z", 1709208000},
      {"2000-02-29T23:59:59Z", 951868799},    {"2038-01-19T03:14:08Z", 2147483648},
      {"9999-12-31T23:59:59Z", 253402300799},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto time = parse_utc(row.text);
    ASSERT_TRUE(time);
    EXPECT_EQ(time->time_since_epoch().count(), row.seconds);
    EXPECT_EQ(format_utc(*time), row.text);
  }
}

TEST(ParseUtc, TakesNothingElse) {
  const std::string rows[] = {
      "",
      "now",
      "2017-11-01",
      "2017-11-01T05:20Z",
      "2017-11-01T05:20:01",
      "2017-11-01T05:20:01z",
      "2017-11-01t05:20:01Z",
      "2017-11-01 05:20:01Z",
      "2017-11-01T05:20:01+00:00",
      "2017-11-01T05:20:01+08:00",
      "2017-11-01T05:20:01.5Z",
      "2017-11-01T05:20:01Z ",
      " 2017-11-01T05:20:01Z",
      "2017-11-01T05:20:01ZZ",
      "2017-11-01T05:20:01Z\n",
      "2017-11-01T05:20:01Z\0"s,
      "2017-11-01T05:20:01Z\0rest"s,
      "2017-11\0-01T05:20:01Z"s,
      "2017-1-1T05:20:01Z",
      "2017-11-01T5:20:1Z",
      "2017-11- 1T05:20:01Z",
      "2017- 1-01T05:20:01Z",
      "20171101T052001Z",
      "+017-11-01T05:20:01Z",
      "-017-11-01T05:20:01Z",
      "10000-01-01T00:00:00Z",
      "2017-00-01T05:20:01Z",
      "2017-13-01T05:20:01Z",
      "2017-11-00T05:20:01Z",
      "2017-11-31T05:20:01Z",
      "2017-02-29T05:20:01Z",
      "1900-02-29T05:20:01Z",
      "2017-11-01T24:00:00Z",
      "2017-11-01T05:60:01Z",
      "2016-12-31T23:59:60Z",
      "2017-11-01T05:20:61Z",
      "1509513601",
  };
  for (const auto& text : rows) EXPECT_FALSE(parse_utc(text)) << "'" << text << "'";
}

TEST(ParseUtc, TakesNoYearOfFewerThanFourDigits) {
  for (const char* text : {"1-11-01T05:20:01Z", "17-11-01T05:20:01Z", "999-12-31T23:59:59Z"}) {
    EXPECT_FALSE(parse_utc(text)) << "'" << text << "'";
  }
}

TEST(ParseHttpDate, TakesTheThreeFormsOfRfc9110) {
  const Taken rows[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
      {"Sun Nov  6 08:49:37 1994", 784111777},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto time = parse_http_date(row.text);
    ASSERT_TRUE(time);
    EXPECT_EQ(time->time_since_epoch().count(), row.seconds);
  }
}

TEST(ParseHttpDate, TakesNothingThatIsNoDate) {
  for (const char* text : {"", "rubbish", "Sun", "12:00:00", "Mon, 99 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(text)) << "'" << text << "'";
  }
}

}  // namespace
}  // namespace ramrolefs::unit
