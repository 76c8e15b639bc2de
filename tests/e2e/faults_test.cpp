// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

struct Row {
  const char* name;
  const char* fault;  // of the emulator
  int error;          // of a read with no credential in hand; 0: it is no fault to us
};

constexpr Row kRows[] = {
    {"hang", "kind=hang&on=all", ETIMEDOUT},
    {"hang_at_the_credential", "kind=hang&on=credential", ETIMEDOUT},
    {"hang_at_the_token", "kind=hang&on=token", 0},
    {"delay_beyond_the_timeout", "kind=delay&on=all&seconds=30", ETIMEDOUT},
    {"trickle", "kind=trickle&on=all&seconds=0.5", ETIMEDOUT},
    {"close", "kind=close&on=all", ECONNRESET},
    {"close_at_the_token", "kind=close&on=token", 0},
    {"truncate", "kind=truncate&on=credential", ECONNRESET},
    {"endless", "kind=endless&on=credential", EBADMSG},
    {"endless_role_list", "kind=endless&on=role_list", EBADMSG},
    {"redirect", "kind=redirect&on=credential", EREMOTEIO},
    {"status_401", "kind=status&on=credential&status=401", EACCES},
    {"status_403", "kind=status&on=role_list&status=403", EACCES},
    {"status_404_of_the_list", "kind=status&on=role_list&status=404", ENOENT},
    {"status_404_of_the_role", "kind=status&on=credential&status=404", ENOENT},
    {"status_404_of_the_token", "kind=status&on=token&status=404", 0},
    {"status_405_of_the_token", "kind=status&on=token&status=405", 0},
    {"status_500_of_the_token", "kind=status&on=token&status=500", 0},
    {"status_429", "kind=status&on=credential&status=429", EREMOTEIO},
    {"status_500", "kind=status&on=credential&status=500", EREMOTEIO},
    {"status_503", "kind=status&on=all&status=503", EREMOTEIO},
    {"status_418", "kind=status&on=credential&status=418", EREMOTEIO},
    {"not_json", "kind=not_json&on=credential", EBADMSG},
    {"not_a_role", "kind=not_json&on=role_list", EBADMSG},
    {"deep_json", "kind=deep_json&on=credential", EBADMSG},
    {"large", "kind=large&on=credential", EBADMSG},
    {"no_id", "kind=missing&on=credential&member=AccessKeyId", EBADMSG},
    {"no_secret", "kind=missing&on=credential&member=AccessKeySecret", EBADMSG},
    {"no_token", "kind=missing&on=credential&member=SecurityToken", EBADMSG},
    {"no_expiration", "kind=missing&on=credential&member=Expiration", EBADMSG},
    {"no_code", "kind=missing&on=credential&member=Code", EBADMSG},
    {"mistyped_secret", "kind=mistyped&on=credential&member=AccessKeySecret", EBADMSG},
    {"mistyped_expiration", "kind=mistyped&on=credential&member=Expiration", EBADMSG},
    {"control_characters", "kind=control&on=credential&member=SecurityToken", EBADMSG},
    {"nul", "kind=nul&on=credential&member=AccessKeyId", EBADMSG},
    {"non_ascii", "kind=non_ascii&on=credential&member=AccessKeySecret", EBADMSG},
    {"empty", "kind=empty&on=credential&member=AccessKeySecret", EBADMSG},
    {"code", "kind=code&on=credential", EREMOTEIO},
    {"expired", "kind=expired&on=credential", EKEYEXPIRED},
    {"bad_date", "kind=bad_date&on=credential", EBADMSG},
    {"no_last_updated", "kind=no_last_updated&on=credential", 0},
    {"no_date", "kind=no_date&on=all", 0},
    {"bad_http_date", "kind=bad_http_date&on=all", 0},
};

class Fault : public testing::TestWithParam<Row> {};

TEST_P(Fault, WithNoCredentialInHandARowOfTheErrorTable) {
  const Emulator emulator;
  emulator.fault(GetParam().fault);
  // What is no fault to us must get through on a busy machine, in the half that a token leaves.
  const Mounted mount(emulator, {GetParam().error != 0 ? "--timeout=1" : "--timeout=4"});

  const auto reading = mount.read("AccessKeyId");
  EXPECT_STREQ(strerror(reading.error), strerror(GetParam().error)) << mount.log();
  if (GetParam().error != 0) {
    EXPECT_TRUE(eventually([&] { return mount.logged("refresh failed") > 0; }));
  }

  emulator.heal();
  EXPECT_TRUE(eventually([&] { return mount.read("AccessKeyId").error == 0; })) << mount.log();
  EXPECT_EQ(triple(mount), triple(emulator));
}

TEST_P(Fault, WithAValidCredentialInHandThatOneIsServedWithinPatience) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1", "--patience=0.2", "--timeout=1"});
  const std::string old = triple(mount);
  emulator.fault(GetParam().fault);
  emulator.rotate();

  // Long enough for several flights to fail.
  ASSERT_TRUE(eventually([&] {
    const auto reading = mount.read("AccessKeyId");
    EXPECT_EQ(reading.error, 0) << mount.log();
    return mount.logged("refresh failed") > 1 || triple(mount) != old;
  }));
  const std::string served = GetParam().error != 0 ? old : triple(emulator);
  EXPECT_EQ(triple(mount), served);

  emulator.heal();
  EXPECT_TRUE(eventually([&] { return triple(mount) == triple(emulator); })) << mount.log();
}

INSTANTIATE_TEST_SUITE_P(Emulator, Fault, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(Outage, ASlowServiceCostsPatienceOnceAndLaterReadersNothing) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1", "--patience=0.5", "--timeout=60"});
  const std::string old = mount.read("AccessKeyId").text;
  emulator.fault("kind=hang&on=all");
  ASSERT_TRUE(
      eventually([&] { return mount.read("AccessKeyId").took > std::chrono::milliseconds(400); }));

  const int parked = mount.logged("parked: 1 in all");
  EXPECT_EQ(parked, 2) << "the very first reader, and this one";
  for (int i = 0; i < 100; ++i) EXPECT_EQ(mount.read("AccessKeyId").text, old);
  EXPECT_EQ(mount.logged("parked: 1 in all"), parked) << "the flight's patience was spent";
}

TEST(Outage, AfterAFailedFlightTheNextOnesRunBehindTheReadersBacks) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1", "--patience=60", "--timeout=1"});
  const std::string old = mount.read("AccessKeyId").text;
  emulator.fault("kind=hang&on=all");
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(mount.read("AccessKeyId").text, old);
    return mount.logged("refresh failed") >= 3;
  }));
  EXPECT_EQ(mount.logged("parked: 1 in all"), 2) << "the very first reader, and one of the outage";
}

TEST(Outage, AServiceThatComesUpWhileAReaderWaitsIsFound) {
  const Emulator emulator;
  emulator.fault("kind=status&status=503&on=all&times=4");  // token, list; again
  const Mounted mount(emulator, {"--timeout=20"});
  EXPECT_EQ(mount.read("AccessKeyId").text, emulator.now("AccessKeyId"));
  EXPECT_EQ(mount.logged("refresh failed"), 2);
}

TEST(Outage, ReadersDuringABackOffGetItsErrorAtOnce) {
  const Emulator emulator;
  emulator.fault("kind=status&status=403&on=all");
  const Mounted mount(emulator);
  EXPECT_EQ(mount.read("AccessKeyId").error, EACCES);
  ASSERT_TRUE(eventually([&] {  // until a pause is long enough for the next lines
    mount.read("AccessKeyId");
    return mount.logged("refresh failed") >= 5;
  }));
  const int asked = emulator.count("total");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(mount.read("AccessKeyId").error, EACCES);
  EXPECT_EQ(emulator.count("total"), asked);
}

TEST(Outage, ARefusedConnectionIsToldAsSuch) {
  Emulator emulator;
  const Mounted mount(emulator, {"--timeout=0.5"});
  emulator.process().signal(SIGKILL);
  emulator.process().wait();
  EXPECT_STREQ(strerror(mount.read("AccessKeyId").error), strerror(ECONNREFUSED));
}

TEST(Hardened, TheTokenOpensTheServiceAndA401RenewsIt) {
  const Emulator emulator({"--hardened"});
  const Mounted mount(emulator, {"--max-age=0.1", "--disable-imdsv1"});
  const std::string old = triple(mount);
  EXPECT_EQ(old, triple(emulator));
  emulator.invalidate_tokens();
  emulator.rotate();
  EXPECT_TRUE(eventually([&] { return triple(mount) == triple(emulator); })) << mount.log();
  EXPECT_EQ(emulator.count("token"), 2);
  EXPECT_EQ(mount.logged("refresh failed"), 0);
}

TEST(Hardened, WithoutATokenToBeHadAccessIsDenied) {
  const Emulator emulator({"--hardened"});
  for (const char* status : {"404", "405", "500"}) {
    emulator.fault(std::string("kind=status&on=token&status=") + status);
    for (const char* option : {"--newline", "--disable-imdsv1"}) {
      const Mounted mount(emulator, {"--timeout=2", option});
      const bool may_pass = std::string(status) == "500" && option[2] == 'd';
      EXPECT_EQ(mount.read("AccessKeyId").error, may_pass ? EREMOTEIO : EACCES)
          << status << " " << option;
    }
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
