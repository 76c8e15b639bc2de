// SPDX-License-Identifier: Apache-2.0
// Reads that belong together, request by request. The rules themselves are tried in sweeps_test.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr pid_t kReader = 7;

/// A credential that is due in a second, and a reader who has begun a set.
struct BegunScene : Scene {
  explicit BegunScene(Filesystem::Options options = {}) : Scene(std::move(options)) {
    begin_with(1, 1000h);
    clock.advance(10min - 1s);
    EXPECT_EQ(read_file(*this, "AccessKeyId", kReader), "STS.id-1");
  }
};

TEST(FilesystemSweep, ASetThatWasBegunIsEndedWithTheSameCredential) {
  BegunScene scene;
  scene.rotate(2, 1s);
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-1");
  EXPECT_EQ(read_file(scene, "SecurityToken", kReader), "token-1");
  scene.clock.advance(100ms);
  EXPECT_EQ(read_file(scene, "AccessKeyId", kReader), "STS.id-2") << "the next set";
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-2");
  EXPECT_EQ(scene.flights, 1);
}

TEST(FilesystemSweep, CatsOfOneScriptAreASet) {
  constexpr pid_t kScript = 70;
  const auto cat = [](pid_t process) { return kin({process, kScript, kScript, kScript, 2ms}); };
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min - 1s);
  EXPECT_EQ(Reader(scene, cat(71)).go(), "STS.id-1");
  scene.rotate(2, 1s);
  EXPECT_EQ(Reader(scene, cat(72), "AccessKeySecret").go(), "secret-1");
  EXPECT_EQ(Reader(scene, cat(73), "SecurityToken").go(), "token-1");
}

TEST(FilesystemSweep, AMemberOfASetWaitsForNothingButStartsTheFlight) {
  BegunScene scene;
  scene.clock.advance(1s);
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-1");
  EXPECT_EQ(scene.flights, 1);
  EXPECT_EQ(read_file(scene, "AccessKeyId", 8), "parked") << "somebody else";
}

TEST(FilesystemSweep, WhoeverGotWhatWasInHandEndsHisSetWithThatThoughTheFlightLandsLater) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min);
  Reader reader(scene, owner(kReader));
  Reader sibling(scene, kin({8, 0, kReader, 0, 1ms}), "SecurityToken");
  ASSERT_EQ(reader.go(), "parked");
  ASSERT_EQ(sibling.go(), "parked");
  scene.clock.advance(1s);
  EXPECT_EQ(reader.go(), "STS.id-1") << "the patience is spent";
  EXPECT_EQ(sibling.go(), "token-1");
  scene.land(2, 1000h);
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-1");
}

TEST(FilesystemSweep, AfterAFlightThatFailedASetIsOfTheCredentialInHand) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min);
  Reader reader(scene, owner(kReader));
  ASSERT_EQ(reader.go(), "parked");
  scene.fail(Cause::unavailable);
  EXPECT_EQ(reader.go(), "STS.id-1");
  scene.rotate(2, 3s);
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-1");
}

TEST(FilesystemSweep, ASignalToOneThreadLetsNoneOfTheOthersGetAnother) {
  Scene scene;
  scene.begin_with(1, 1000h);
  scene.clock.advance(10min);
  Kin process{kReader, 0, 0, 0, 1h};
  Caller first = kin(process);
  Caller second = first;
  second.thread = 8;
  Reader reader(scene, first);
  Reader other(scene, second, "SecurityToken");
  ASSERT_EQ(reader.go(), "parked");
  ASSERT_EQ(other.go(), "parked");
  EXPECT_EQ(reader.interrupt(), "STS.id-1");
  scene.land(2, 1000h);
  EXPECT_EQ(other.go(), "token-1");
  EXPECT_EQ(Reader(scene, first, "AccessKeySecret").go(), "secret-1");
}

TEST(FilesystemSweep, ReachesNoExpiration) {
  Filesystem::Options options;
  options.refresh.due.refresh_before = 0s;
  Scene scene(options);
  scene.begin_with(1, 10min + 2s);
  scene.clock.advance(10min - 1s);
  EXPECT_EQ(read_file(scene, "AccessKeyId", kReader), "STS.id-1");
  scene.rotate(2, 1s);
  EXPECT_EQ(read_file(scene, "AccessKeySecret", kReader), "secret-1");
  scene.clock.advance(2s);
  EXPECT_EQ(read_file(scene, "SecurityToken", kReader), "token-2");
}

TEST(FilesystemSweep, WithoutAPlaceAmongTheProcessesAReaderGetsTheNewest) {
  BegunScene scene;
  Caller unknown = owner(9);
  unknown.kin = [] { return std::optional<Kin>(); };
  EXPECT_EQ(Reader(scene, unknown).go(), "STS.id-1");
  scene.rotate(2, 1s);
  EXPECT_EQ(Reader(scene, unknown, "SecurityToken").go(), "token-2");
}

TEST(FilesystemSweep, AWindowOfNothingTurnsThemOff) {
  Filesystem::Options options;
  options.read_window = 0s;
  BegunScene scene(options);
  scene.rotate(2, 1s);
  EXPECT_EQ(read_file(scene, "SecurityToken", kReader), "token-2");
}

TEST(FilesystemSweep, OutsideOfAWindowNobodyIsLookedAt) {
  Scene scene;
  scene.begin_with(1, 1000h);
  int looks = 0;
  Caller caller = owner(kReader);
  caller.kin = [&] {
    ++looks;
    return std::optional<Kin>();
  };
  scene.clock.advance(10min - 6s - 1ns);
  EXPECT_EQ(Reader(scene, caller).go(), "STS.id-1");
  EXPECT_EQ(looks, 0);
  scene.clock.advance(1ns);
  EXPECT_EQ(Reader(scene, caller).go(), "STS.id-1");
  EXPECT_EQ(looks, 1);
}

}  // namespace
}  // namespace ramrolefs::unit
