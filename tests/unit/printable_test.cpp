// SPDX-License-Identifier: Apache-2.0
#include "common/printable.h"

#include <gtest/gtest.h>

namespace ramrolefs::unit {
namespace {

TEST(Printable, HasNoControlCharacter) {
  EXPECT_EQ(printable("php-fpm8.2: /home/jos\u00e9 \"x\" ~"),
            "php-fpm8.2: /home/jos\u00e9 \"x\" ~");
  EXPECT_EQ(printable("a\nPRIORITY=0\r\x1b[31m\x7f\t"), "a?PRIORITY=0??[31m??");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "?x");
  EXPECT_EQ(printable("\u009b31m \u00a0"), "?31m \u00a0");
  EXPECT_EQ(printable("cut \xc2"), "cut \xc2");
}

}  // namespace
}  // namespace ramrolefs::unit
