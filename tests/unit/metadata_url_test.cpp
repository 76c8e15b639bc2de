// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_url.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

TEST(MetadataUrl, IsTakenWithoutItsTrailingSlashes) {
  struct Row {
    const char* given;
    const char* taken;
  };
  constexpr Row kRows[] = {
      {kMetadataUrl, "http://100.100.100.200"},
      {"http://100.100.100.200/", "http://100.100.100.200"},
      {"http://100.100.100.200//", "http://100.100.100.200"},
      {"http://localhost:8080", "http://localhost:8080"},
      {"http://localhost:8080/", "http://localhost:8080"},
      {"http://localhost:8080/emulated/", "http://localhost:8080/emulated"},
      {"http://[::1]:8080", "http://[::1]:8080"},
      {"HTTP://localhost", "http://localhost"},
      {"http://localhost/a/../b", "http://localhost/b"},
      // What is after it must be a path: an empty query or fragment is cut off.
      {"http://localhost?", "http://localhost"},
      {"http://localhost/#", "http://localhost"},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.given);
    const auto url = check_metadata_url(row.given);
    ASSERT_TRUE(url) << url.error();
    EXPECT_EQ(*url, row.taken);
  }
}

TEST(MetadataUrl, IsHttpAndAHostOrTheErrorSaysWhatIsAllowed) {
  constexpr const char* kRows[] = {
      "",
      "100.100.100.200",
      "localhost:8080",
      "http:",
      "http://",
      "http:localhost",
      "//localhost",
      "https://100.100.100.200",
      "ftp://localhost",
      "file:///etc/passwd",
      "gopher://localhost",
      "javascript:alert(1)",
      "http://localhost:99999",
      "http://localhost:port",
      "http://[::1",
      "http://local host",
      "http://localhost/a b",
      "http://localhost\n",
      "http://localhost/\r\nX-Header: 1",
      " http://localhost",
      "http://user@localhost",
      "http://user:word@localhost",
      "http://:word@localhost",
      "http://localhost?query",
      "http://localhost/path?query=1",
      "http://localhost/#fragment",
  };
  for (const char* given : kRows) {
    SCOPED_TRACE(given);
    const auto url = check_metadata_url(given);
    ASSERT_FALSE(url) << *url;
    EXPECT_NE(url.error().find("allowed is http://HOST[:PORT][/PATH]"), std::string::npos);
  }
}

TEST(MetadataUrl, HasAPortAlsoWhereItNamesNone) {
  EXPECT_EQ(metadata_port("http://localhost"), "80");
  EXPECT_EQ(metadata_port("http://localhost/path"), "80");
  EXPECT_EQ(metadata_port("http://[::1]:8100/path"), "8100");
}

}  // namespace
}  // namespace ramrolefs::unit
