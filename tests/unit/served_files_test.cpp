// SPDX-License-Identifier: Apache-2.0
#include "fusefs/served_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

// What users see, and the places that were given out: neither ever changes.
struct Row {
  std::string_view name;
  Place place;
  std::string_view holds;  // of make_credential(); empty: see formats_test.cpp
};

constexpr Row kRows[] = {
    {"AccessKeyId", Place{2}, "STS.id-1"},
    {"AccessKeySecret", Place{3}, "secret-1"},
    {"Expiration", Place{4}, "2017-11-01T06:00:00Z"},
    {"LastUpdated", Place{5}, "2017-11-01T00:00:00Z"},
    {"RoleName", Place{6}, "a-role"},
    {"SecurityToken", Place{7}, "token-1"},
    {"config.json", Place{9}, ""},
    {"credentials", Place{11}, ""},
    {"credentials.json", Place{8}, ""},
    {"env", Place{12}, ""},
    {"external.json", Place{10}, ""},
};

TEST(ServedFiles, EachHasItsNameItsPlaceAndWhatItHolds) {
  const Credential credential = make_credential();
  ASSERT_EQ(kServedFiles.size(), std::size(kRows));
  for (std::size_t i = 0; i < kServedFiles.size(); ++i) {
    SCOPED_TRACE(kRows[i].name);
    EXPECT_EQ(kServedFiles[i].name, kRows[i].name);
    EXPECT_EQ(kServedFiles[i].place, kRows[i].place);
    EXPECT_EQ(kServedFiles[i].is_value, !kRows[i].holds.empty());
    const Secret text = kServedFiles[i].render({credential, "cn-hangzhou", "/run/ramrole"});
    if (kServedFiles[i].is_value) {
      EXPECT_EQ(text.expose(), kRows[i].holds);
    } else {
      EXPECT_TRUE(text.expose().ends_with('\n'));
    }
  }
}

TEST(ServedFiles, AreSortedByNameAndNoNameIsThereTwice) {
  const auto* unsorted =
      std::adjacent_find(kServedFiles.begin(), kServedFiles.end(),
                         [](const auto& a, const auto& b) { return a.name >= b.name; });
  EXPECT_EQ(unsorted, kServedFiles.end());
}

TEST(ServedFiles, NoPlaceIsThereTwiceNorThatOfTheRoot) {
  std::set<Place> places = {Place{0}, kRoot.place()};
  for (const ServedFile& file : kServedFiles) {
    EXPECT_TRUE(places.insert(file.place).second) << file.name;
  }
}

TEST(ServedFiles, AreFoundByNameAndByPlace) {
  for (const ServedFile& file : kServedFiles) {
    EXPECT_EQ(find_served_file(file.name), &file);
    EXPECT_EQ(find_served_file(file.place), &file);
  }
}

TEST(ServedFiles, NothingElseIsFound) {
  for (const char* name : {"", ".", "..", "accesskeyid", "AccessKeyI", "AccessKeyIdd", "/"}) {
    EXPECT_EQ(find_served_file(name), nullptr) << name;
  }
  for (const int place : {0, 1, 13, 255}) {
    EXPECT_EQ(find_served_file(Place{static_cast<std::uint8_t>(place)}), nullptr) << place;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
