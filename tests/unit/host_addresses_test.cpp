// SPDX-License-Identifier: Apache-2.0
#include "common/host_addresses.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ramrolefs::unit {
namespace {

TEST(HostAddresses, AnAddressHasNotToBeLookedUp) {
  for (const char* url : {"http://100.100.100.200", "http://127.0.0.1:8100/x", "http://[::1]:80",
                          "http://[fe80::1%25lo]"}) {
    const auto addresses = host_addresses(url);
    ASSERT_TRUE(addresses) << addresses.error();
    EXPECT_TRUE(addresses->empty()) << url;
  }
}

TEST(HostAddresses, OfANameAreThoseThatTheMachineKnows) {
  const auto addresses = host_addresses("http://localhost:8100");
  ASSERT_TRUE(addresses) << addresses.error();
  EXPECT_TRUE(std::find(addresses->begin(), addresses->end(), "127.0.0.1") != addresses->end() ||
              std::find(addresses->begin(), addresses->end(), "::1") != addresses->end());
}

TEST(HostAddresses, OfANameThatNobodyKnowsAreAnErrorThatNamesTheUrl) {
  const auto addresses = host_addresses("http://no-such-name.invalid:1/");
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().find("http://no-such-name.invalid:1/: the metadata service is at an "
                                   "address; no-such-name.invalid can't be resolved now ("),
            0U)
      << addresses.error();
}

}  // namespace
}  // namespace ramrolefs::unit
