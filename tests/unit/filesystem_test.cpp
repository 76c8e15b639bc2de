// SPDX-License-Identifier: Apache-2.0
#include "fusefs/filesystem.h"

#include <gtest/gtest.h>

#include <deque>

#include "fusefs/errors.h"
#include "tests/unit/credentials.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

TEST(Filesystem, NamesAListingAndTheMountPointAskNothing) {
  Scene scene;
  for (const ServedFile& file : kServedFiles) {
    EXPECT_TRUE(scene.filesystem.lookup(kRoot, file.name, owner())) << file.name;
  }
  EXPECT_TRUE(scene.filesystem.list(kRoot));
  EXPECT_TRUE(std::holds_alternative<Attributes>(scene.filesystem.getattr(kRoot, owner())));
  EXPECT_EQ(scene.flights, 0);

  const auto inode = scene.filesystem.lookup(kRoot, "AccessKeyId", owner())->inode;
  EXPECT_TRUE(std::holds_alternative<Park>(scene.filesystem.getattr(inode, owner())));
  EXPECT_EQ(scene.flights, 1);
}

TEST(Filesystem, AListingHasEachNameWithTheInodeThatALookupGives) {
  for (const bool in_hand : {false, true}) {
    Scene scene;
    if (in_hand) scene.begin_with();
    const auto names = scene.filesystem.list(kRoot);
    ASSERT_TRUE(names);
    ASSERT_EQ(names->size(), kServedFiles.size() + 4);
    EXPECT_EQ((*names)[0].name, ".");
    EXPECT_EQ((*names)[1].name, "..");
    for (std::size_t i = 0; i < kServedFiles.size(); ++i) {
      const auto& name = (*names)[i + 2];
      EXPECT_EQ(name.name, kServedFiles[i].name);
      EXPECT_EQ(name.type, static_cast<mode_t>(S_IFREG));
      EXPECT_EQ(name.inode, scene.filesystem.lookup(kRoot, name.name, owner())->inode);
    }
    EXPECT_EQ(names->back().name, "current");
    EXPECT_EQ(names->back().type, static_cast<mode_t>(S_IFDIR));
    EXPECT_EQ(names->back().inode, scene.filesystem.lookup(kRoot, "current", owner())->inode);
    EXPECT_EQ(scene.flights, 0);
  }
}

TEST(Filesystem, WhatIsNotThereIsNotFound) {
  Scene scene;
  scene.begin_with();
  const auto file = scene.filesystem.lookup(kRoot, "RoleName", owner())->inode;
  for (const char* name : {"", ".", "..", "accesskeyid", "credential", ".hidden"}) {
    EXPECT_EQ(words(scene.filesystem.lookup(kRoot, name, owner()).error()), "ENOENT") << name;
  }
  EXPECT_EQ(words(scene.filesystem.lookup(file, "RoleName", owner()).error()), "ENOENT");
  EXPECT_EQ(words(scene.filesystem.list(file).error()), "ENOTDIR");
}

TEST(Filesystem, AnInodeOfNothingIsStale) {
  Scene scene;
  scene.begin_with();  // generation 1; the next is 2
  for (const std::uint64_t raw :
       {0ULL, 2ULL, 255ULL, 256ULL, 256ULL + 13, 2 * 256ULL + 99, 3 * 256ULL + 2, ~0ULL}) {
    SCOPED_TRACE(raw);
    const InodeNumber inode(raw);
    const auto attributes = scene.filesystem.getattr(inode, owner());
    ASSERT_TRUE(std::holds_alternative<Errno>(attributes));
    EXPECT_EQ(words(std::get<Errno>(attributes)), "ESTALE");
    EXPECT_EQ(read_inode(scene, inode), "ESTALE");
  }
  EXPECT_EQ(scene.flights, 0);
}

TEST(Filesystem, TheFirstReaderWaitsAndGetsTheBytesWithTheRightSize) {
  for (const bool newline : {false, true}) {
    Scene scene({.root = {.access = {}, .newline = newline}, .refresh = {}});
    Reader reader(scene, owner());
    EXPECT_EQ(reader.go(), "parked");
    EXPECT_EQ(reader.go(), "parked") << "asked again before the flight landed";
    scene.land();
    EXPECT_EQ(reader.go(), newline ? "STS.id-1\n" : "STS.id-1");
    EXPECT_EQ(read_file(scene, "SecurityToken"), newline ? "token-1\n" : "token-1");
    EXPECT_EQ(scene.flights, 1);
  }
}

TEST(Filesystem, AttributesAreThoseOfAFileThatOnlyItsOwnerReads) {
  Scene scene;
  scene.begin_with();
  const auto entry = scene.filesystem.lookup(kRoot, "AccessKeyId", owner());
  const auto& stat = entry->attributes.stat;
  EXPECT_EQ(stat.st_mode, static_cast<mode_t>(S_IFREG | 0400));
  EXPECT_EQ(stat.st_uid, kOwner);
  EXPECT_EQ(stat.st_gid, kOwner);
  EXPECT_EQ(stat.st_nlink, 1U);
  EXPECT_EQ(stat.st_ino, entry->inode.raw());
  EXPECT_EQ(stat.st_size, 8);
  EXPECT_EQ(stat.st_mtim.tv_sec, kStartOfWall.time_since_epoch().count()) << "LastUpdated";
  const auto root = std::get<Attributes>(scene.filesystem.getattr(kRoot, stranger()));
  EXPECT_EQ(root.stat.st_mode, static_cast<mode_t>(S_IFDIR | 0755));
}

TEST(Filesystem, ReadersOfAllFilesWaitForOneFlight) {
  Scene scene;
  std::deque<Reader> readers;
  pid_t thread = 0;
  for (const ServedFile& file : kServedFiles) {
    for (int i = 0; i < 10; ++i) {
      readers.emplace_back(scene, owner(++thread), std::string(file.name));
    }
  }
  for (auto& reader : readers) EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.land();
  const Credential credential = make_credential();
  for (std::size_t i = 0; i < readers.size(); ++i) {
    EXPECT_EQ(readers[i].go(), kServedFiles[i / 10].render({credential, "", ""}).expose());
  }
  EXPECT_EQ(scene.parked, 0);
  EXPECT_EQ(scene.flights, 1);
}

TEST(Filesystem, WhatWillNotPassReachesTheReaderAsItsErrnoAtOnce) {
  for (const Cause cause : {Cause::no_role, Cause::denied, Cause::unexpected_status,
                            Cause::malformed, Cause::not_successful, Cause::expired}) {
    SCOPED_TRACE(describe(cause));
    Scene scene;
    Reader reader(scene, owner());
    reader.go();
    scene.fail(cause);
    EXPECT_EQ(reader.go(), words(Errno{to_errno(cause)}));
    EXPECT_EQ(read_file(scene, "RoleName", 2), words(Errno{to_errno(cause)})) << "in the pause";
    EXPECT_EQ(scene.flights, 1);
    scene.clock.advance(200ms);
    EXPECT_EQ(read_file(scene), "parked");
    EXPECT_EQ(scene.flights, 2);
  }
}

TEST(Filesystem, WhatMayPassIsTriedAgainWhileTheReaderWaits) {
  Scene scene;
  Reader reader(scene, owner());
  reader.go();
  scene.fail(Cause::refused);
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(scene.flights, 1);
  scene.clock.advance(scene.filesystem.wake_at(true).value() - scene.clock.steady());
  EXPECT_EQ(reader.go(), "parked");
  EXPECT_EQ(scene.flights, 2);
  scene.land();
  EXPECT_EQ(reader.go(), "STS.id-1");
}

TEST(Filesystem, AReaderWaitsForTheTimeoutAtMostAndGetsTheLastFailure) {
  struct Row {
    std::optional<Cause> cause;  // of each flight; else they hang
    const char* error;
  };
  for (const auto& [cause, error] :
       {Row{Cause::refused, "ECONNREFUSED"}, Row{Cause::unavailable, "EREMOTEIO"},
        Row{std::nullopt, "ETIMEDOUT"}}) {
    SCOPED_TRACE(error);
    Scene scene;
    Reader reader(scene, owner());
    std::string answer = reader.go();
    for (int i = 0; i < 100 && answer == "parked"; ++i) {
      if (cause) scene.fail(*cause);
      answer = reader.go();
      if (answer != "parked") break;
      scene.clock.advance(scene.filesystem.wake_at(true).value() - scene.clock.steady());
      answer = reader.go();
    }
    EXPECT_EQ(answer, error);
    EXPECT_LE(in_seconds(scene.clock.steady() - kStart), 5);
    EXPECT_GE(in_seconds(scene.clock.steady() - kStart), 4) << "it did not try for long";
  }
}

TEST(Filesystem, AnInterruptEndsTheWaitWhereNothingIsInHand) {
  Scene scene;
  Reader reader(scene, owner());
  reader.go();
  EXPECT_EQ(reader.interrupt(), "EINTR");
  EXPECT_EQ(scene.parked, 0);
  scene.land();
  EXPECT_EQ(read_file(scene), "STS.id-1") << "the flight goes on without it";
}

TEST(Filesystem, AForbiddenCallerStartsAndAwaitsNothing) {
  Scene scene;
  const auto entry = scene.filesystem.lookup(kRoot, "AccessKeyId", stranger());
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->timeout, Duration::zero());
  EXPECT_EQ(entry->attributes.timeout, Duration::zero());
  const auto answer = scene.filesystem.getattr(entry->inode, stranger());
  ASSERT_TRUE(std::holds_alternative<Attributes>(answer)) << "enough for the kernel to refuse it";
  EXPECT_EQ(std::get<Attributes>(answer).stat.st_mode, static_cast<mode_t>(S_IFREG | 0400));
  EXPECT_EQ(std::get<Attributes>(answer).stat.st_uid, kOwner);
  EXPECT_EQ(std::get<Attributes>(answer).timeout, Duration::zero());
  EXPECT_EQ(scene.flights, 0);
}

}  // namespace
}  // namespace ramrolefs::unit
