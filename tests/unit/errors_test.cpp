// SPDX-License-Identifier: Apache-2.0
#include "fusefs/errors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <iterator>

#include "common/failure.h"

namespace ramrolefs::unit {
namespace {

struct Row {
  Cause cause;
  int error;
  bool may_pass;  // is tried again while a reader waits
};

// The design's table. One row a cause, in the order of the causes.
constexpr Row kRows[] = {
    {Cause::no_role, ENOENT, false},
    {Cause::refused, ECONNREFUSED, true},
    {Cause::no_network, ENETUNREACH, true},
    {Cause::unreachable, EHOSTUNREACH, true},
    {Cause::timed_out, ETIMEDOUT, true},
    {Cause::denied, EACCES, false},
    {Cause::no_token, EACCES, true},
    {Cause::unavailable, EREMOTEIO, true},
    {Cause::unexpected_status, EREMOTEIO, false},
    {Cause::cut_off, ECONNRESET, true},
    {Cause::malformed, EBADMSG, false},
    {Cause::not_successful, EREMOTEIO, false},
    {Cause::expired, EKEYEXPIRED, false},
    {Cause::local, EIO, true},
};

constexpr bool has_each_cause_in_order() {
  int next = 0;
  for (const Row& row : kRows) {
    if (static_cast<int>(row.cause) != next++) return false;
  }
  return next == static_cast<int>(Cause::local) + 1;
}
static_assert(has_each_cause_in_order());

TEST(Errors, EachCauseHasTheErrnoOfTheDesign) {
  for (const Row& row : kRows) {
    EXPECT_STREQ(strerrorname_np(to_errno(row.cause)), strerrorname_np(row.error))
        << describe(row.cause);
  }
}

TEST(Errors, NoneIsOneThatTheKernelOrAProgramTakesForItsOwn) {
  for (const Row& row : kRows) {
    for (const int reserved : {0, EAGAIN, EINTR, ESTALE, ENOSYS, ENOTCONN}) {
      EXPECT_NE(to_errno(row.cause), reserved) << describe(row.cause);
    }
  }
}

TEST(Errors, EachCauseIsKnownToPassOrNot) {
  for (const Row& row : kRows) EXPECT_EQ(may_pass(row.cause), row.may_pass) << describe(row.cause);
}

TEST(Errors, EachCauseHasWordsOfItsOwn) {
  for (const Row& row : kRows) {
    EXPECT_FALSE(describe(row.cause).empty());
    EXPECT_NE(describe(row.cause), "unknown");
    for (const Row& other : kRows) {
      EXPECT_TRUE(row.cause == other.cause || describe(row.cause) != describe(other.cause));
    }
  }
}

}  // namespace
}  // namespace ramrolefs::unit
