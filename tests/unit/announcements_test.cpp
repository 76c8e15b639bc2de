// SPDX-License-Identifier: Apache-2.0
#include "fusefs/announcements.h"

#include <gtest/gtest.h>

#include <string>

#include "fusefs/generations.h"
#include "tests/unit/credentials.h"
#include "tests/unit/planted.h"
#include "tests/unit/scene.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

constexpr pid_t kAnnouncer = 5;

/// A role, a secret and a token that stay, unless a test says otherwise.
struct AnnouncedScene {
  AnnouncedScene() { announcements.begin(kAnnouncer); }

  void publish(int number, const std::string& role = "a-role") {
    Credential credential = make_credential(number);
    credential.role = role;
    generations.publish(credential, kStart + 1000h, kStart);
    announcements.published(*generations.current(kStart));
  }

  /// What the announcer does, and the names in the order in which it does it.
  std::string announce() {
    std::string done;
    for (const Rename& rename : announcements.take()) {
      done += rename.from + ">" + rename.to + " ";
      EXPECT_TRUE(announcements.rename(root(), rename.from, rename.to));
      announcements.answered(rename.generation, rename.seat);
    }
    return done;
  }

  std::string resolved(const std::string& name) const {
    const auto target = announcements.resolve(root(), name);
    if (!target) return "nothing";
    return std::string(target->node.file->name) + "@" +
           std::to_string(static_cast<std::uint64_t>(target->inode.generation()));
  }

  const Directory& root() const { return planted.tree.root(); }

  Planted planted;
  MountMemory memory;
  Generations generations{memory.generations, memory.counter, planted.tree, "/mount", 1min};
  Announcements announcements{planted.tree};
};

TEST(Announcements, TheFirstGenerationReplacesNothing) {
  AnnouncedScene scene;
  scene.publish(1);
  EXPECT_FALSE(scene.announcements.pending());
}

TEST(Announcements, ARotationIsARenameOfEachNameThatChangedAccessKeyIdLast) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  EXPECT_EQ(scene.announcements.waiting(), GenerationId{2});
  EXPECT_EQ(scene.announce(),
            ".AccessKeySecret.2>AccessKeySecret .SecurityToken.2>SecurityToken "
            ".config.json.2>config.json .credentials.2>credentials "
            ".credentials.json.2>credentials.json .env.2>env .external.json.2>external.json "
            ".AccessKeyId.2>AccessKeyId ");
  EXPECT_FALSE(scene.announcements.pending());
}

TEST(Announcements, WatchersHoldTheInodeThatWasAnnouncedLast) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  scene.announcements.take();
  EXPECT_EQ(scene.resolved("AccessKeyId"), "AccessKeyId@1");
  EXPECT_EQ(scene.resolved(".AccessKeyId.2"), "AccessKeyId@2");
  EXPECT_EQ(scene.resolved(".RoleName.2"), "nothing") << "it has not changed";
  EXPECT_EQ(scene.resolved(".AccessKeyId.3"), "nothing");
  EXPECT_TRUE(scene.announcements.rename(scene.root(), ".AccessKeyId.2", "AccessKeyId"));
  EXPECT_EQ(scene.resolved("AccessKeyId"), "AccessKeyId@2");
}

TEST(Announcements, GenerationsAreAnnouncedOneAfterAnother) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  scene.publish(3, "another-role");
  EXPECT_EQ(scene.announcements.waiting(), GenerationId{2});
  const auto renames = scene.announcements.take();
  EXPECT_EQ(scene.announcements.waiting(), std::nullopt) << "one at a time";
  for (const Rename& rename : renames) {
    scene.announcements.answered(rename.generation, rename.seat);
  }
  EXPECT_EQ(scene.announcements.waiting(), GenerationId{3});
  EXPECT_EQ(scene.resolved("RoleName"), "RoleName@1");
  EXPECT_NE(scene.announce().find(".RoleName.3>RoleName "), std::string::npos);
  EXPECT_EQ(scene.resolved("RoleName"), "RoleName@3");
}

TEST(Announcements, ARenameThatCouldNotBeMadeHoldsUpNoOther) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  for (const Rename& rename : scene.announcements.take()) {
    if (rename.to != "SecurityToken")
      scene.announcements.rename(scene.root(), rename.from, rename.to);
    scene.announcements.answered(rename.generation, rename.seat);
  }
  EXPECT_EQ(scene.resolved("SecurityToken"), "SecurityToken@1") << "as its watchers know it";
  scene.publish(3);
  EXPECT_NE(scene.announce().find(".SecurityToken.3>SecurityToken "), std::string::npos);
}

TEST(Announcements, NothingButWhatIsOrderedMayBeRenamed) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  EXPECT_FALSE(scene.announcements.rename(scene.root(), ".AccessKeyId.2", "AccessKeyId"))
      << "not yet ordered";
  scene.announcements.take();
  for (const auto& [from, to] : {std::pair{"AccessKeyId", "RoleName"},
                                 {"AccessKeyId", "AccessKeyId"},
                                 {".AccessKeyId.2", "RoleName"},
                                 {".AccessKeyId.2", ".AccessKeyId.2"},
                                 {".AccessKeyId.1", "AccessKeyId"},
                                 {"no-such", "AccessKeyId"}}) {
    EXPECT_FALSE(scene.announcements.rename(scene.root(), from, to)) << from << " " << to;
  }
}

TEST(Announcements, ThatNobodyMakesAreBoundedAndTheNewestIsAmongThem) {
  AnnouncedScene scene;
  for (int i = 1; i <= 100; ++i) scene.publish(i, i == 50 ? "another-role" : "a-role");
  int announced = 0;
  std::string last;
  for (; scene.announcements.pending(); ++announced) last = scene.announce();
  EXPECT_EQ(announced, static_cast<int>(Announcements::kMost));
  EXPECT_NE(last.find(".AccessKeyId.100>AccessKeyId "), std::string::npos) << last;
  EXPECT_NE(last.find("RoleName"), std::string::npos) << "it changed in between: " << last;
}

TEST(Announcements, WithoutAnAnnouncerThereIsNone) {
  AnnouncedScene scene;
  scene.publish(1);
  scene.publish(2);
  scene.announcements.end();
  EXPECT_FALSE(scene.announcements.pending());
  EXPECT_FALSE(scene.announcements.is_announcer(kAnnouncer)) << "the number may be another's soon";
  scene.publish(3);
  EXPECT_FALSE(scene.announcements.pending());
}

}  // namespace
}  // namespace ramrolefs::unit
