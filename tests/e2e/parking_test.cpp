// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <thread>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

/// So many `cat`s of a value, all of them parked.
std::deque<Process> park_cats(const Mounted& mount, int count) {
  std::deque<Process> cats;
  for (int i = 0; i < count; ++i)
    cats.emplace_back(std::vector{std::string("cat"), mount / "AccessKeyId"});
  const bool parked =
      eventually([&] { return mount.logged("parked: " + std::to_string(count) + " in all") > 0; });
  EXPECT_TRUE(parked) << mount.log();
  return cats;
}

/// A mount with a valid credential that is due, in front of a service that hangs.
struct DueAndHanging {
  DueAndHanging() {
    old = mount.read("AccessKeyId").text;
    const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    emulator.rotate();
    emulator.fault("kind=hang&on=all");
    eventually([&] { return std::chrono::steady_clock::now() > due; });
  }
  Emulator emulator;
  Mounted mount{emulator, {"--max-age=0.1", "--patience=60", "--timeout=60"}};
  std::string old;
};

TEST(SingleFlight, TwoHundredCatsOnASlowServiceAreOneFetch) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=credential");
  const Mounted mount(emulator, {"--timeout=60"});

  auto cats = park_cats(mount, 200);
  emulator.heal();
  emulator.fault("kind=delay&on=credential&seconds=0.5");
  for (auto& cat : cats) EXPECT_EQ(cat.wait(), 0) << cat.err();
  for (auto& cat : cats) EXPECT_EQ(cat.out(), emulator.now("AccessKeyId"));
  EXPECT_EQ(emulator.count("role_list"), 1);
  EXPECT_EQ(emulator.count("credential"), 1);
}

TEST(Parking, NothingElseWaitsWhileHundredsAreParked) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const Mounted mount(emulator, {"--timeout=60"});
  auto cats = park_cats(mount, 300);

  EXPECT_EQ(run({"ls", mount.path()}).status, 0);
  EXPECT_EQ(run({"stat", mount.path()}).status, 0);
  EXPECT_EQ(run({"df", mount.path()}).status, 0);
  EXPECT_EQ(run({"ls", mount / "no-such-name"}).status, 2);
  const auto touch = run({"touch", mount / "new-name"});
  EXPECT_NE(touch.err.find("Read-only file system"), std::string::npos) << touch.err;
  EXPECT_EQ(unlink((mount / "AccessKeyId").c_str()), -1);
  EXPECT_STREQ(strerror(errno), strerror(EROFS));
  EXPECT_EQ(rename((mount / "AccessKeyId").c_str(), (mount / "RoleName").c_str()), -1);
  EXPECT_STREQ(strerror(errno), strerror(EROFS));
  for (auto& cat : cats) EXPECT_TRUE(cat.running());
}

TEST(Parking, CtrlCAndSigkillEndAReaderThatHasNothingToGet) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const Mounted mount(emulator, {"--timeout=60"});
  auto cats = park_cats(mount, 3);

  cats[0].signal(SIGINT);
  EXPECT_EQ(cats[0].wait(), 128 + SIGINT);
  cats[1].signal(SIGKILL);
  EXPECT_EQ(cats[1].wait(), 128 + SIGKILL);
  EXPECT_TRUE(cats[2].running());

  emulator.heal();
  EXPECT_EQ(cats[2].wait(), 0);
  EXPECT_EQ(cats[2].out(), emulator.now("AccessKeyId"));
}

TEST(Parking, CtrlCEndsAReaderThatWaitsForANewerCredential) {
  const DueAndHanging given;
  auto cats = park_cats(given.mount, 2);
  cats[0].signal(SIGINT);
  EXPECT_EQ(cats[0].wait(), 128 + SIGINT);
  EXPECT_TRUE(cats[1].running());
}

TEST(Parking, AReaderThatHandlesASignalGetsTheCredentialInHand) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  sigaction(SIGUSR1, &action, nullptr);
  const DueAndHanging given;

  Reading reading;
  std::thread reader([&] { reading = given.mount.read("AccessKeyId"); });
  EXPECT_TRUE(eventually([&] { return given.mount.logged("parked: 1 in all") > 1; }));
  pthread_kill(reader.native_handle(), SIGUSR1);
  reader.join();
  EXPECT_EQ(reading.error, 0);
  EXPECT_EQ(reading.text, given.old);
  EXPECT_LT(reading.took, kDeadline) << "it waited until its patience was spent";
}

TEST(Parking, AReaderThatHandlesASignalGetsEintrWhereThereIsNothing) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  sigaction(SIGUSR1, &action, nullptr);
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const Mounted mount(emulator, {"--timeout=60"});

  Reading reading;
  std::thread reader([&] { reading = mount.read("AccessKeyId"); });
  EXPECT_TRUE(eventually([&] { return mount.logged("parked: 1 in all") > 0; }));
  pthread_kill(reader.native_handle(), SIGUSR1);
  reader.join();
  EXPECT_EQ(reading.error, EINTR);
}

}  // namespace
}  // namespace ramrolefs::e2e
