// SPDX-License-Identifier: Apache-2.0
#include "fusefs/call.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <variant>

#include "fusefs/shared_memory.h"
#include "tests/unit/options_reading.h"

namespace ramrolefs::unit {
namespace {

Call call_with(const std::string& option) {
  std::vector<const char*> words{"ramrolefs", "/m"};
  if (!option.empty()) words.push_back(option.c_str());
  auto options = read_options(static_cast<int>(words.size()), words.data());
  return {static_cast<int>(words.size()), words.data(), std::get<Options>(std::move(options))};
}

/// The image without the words, which tell the options too.
std::vector<std::byte> image_of(const Call& call) {
  const char* word = "ramrolefs";
  return Call(1, &word, call.options()).image();
}

// One that was forgotten there would be lost at a takeover.
TEST(Call, HasEveryOptionInItsImage) {
  const auto usual = image_of(call_with(""));
  for (const char* option : {"--metadata-url=http://192.0.2.1",
                             "--role=a-role",
                             "--disable-imdsv1",
                             "--refresh=warm",
                             "--refresh-before=7",
                             "--max-age=7",
                             "--patience=7",
                             "--timeout=7",
                             "--read-window=7",
                             "--follow-after=7",
                             "--uid=7",
                             "--gid=7",
                             "--mode=0440",
                             "--newline",
                             "--log-level=error",
                             "--files=none",
                             "--files=RoleName",
                             "--template-dir=/",
                             "--region=cn-hangzhou",
                             "--status-mode=0440",
                             "--audit",
                             "--foreground"}) {
    const Call call = call_with(option);
    EXPECT_NE(image_of(call), usual) << option;
    const auto again = Call::from_image(call.image());
    ASSERT_TRUE(again) << option;
    EXPECT_EQ(again->image(), call.image()) << option;
  }
}

TEST(Call, HasViewsAndTemplatesInItsImage) {
  Options options = std::get<Options>(read({"/m"}));
  auto& files = options.server.filesystem;
  const std::vector<std::string> names = {"AccessKeyId", "Expiration"};
  files.root.files = names;
  files.root.templates.emplace();
  files.views = {{"java", {{1, 2, 0440}, true, names, names}}, {"php", {{3, 4, 0}}}};
  files.templates = {{"one", "{{RoleName}}\n"}, {"two", ""}};
  const char* word = "ramrolefs";
  const auto again = Call::from_image(Call(1, &word, options).image());
  ASSERT_TRUE(again);
  const auto& read_again = again->options().server.filesystem;
  EXPECT_EQ(read_again.root, files.root);
  EXPECT_EQ(read_again.views, files.views);
  EXPECT_EQ(read_again.templates, files.templates);
  EXPECT_EQ(read_again.mount_point, "/m");
}

TEST(Call, IsNotReadAnewWithAnotherAudit) {
  const Configuration file("mount-point = \"/m\"\nmetadata-url = \"http://192.0.2.1\"\n");
  const char* words[] = {"ramrolefs", file.word()};
  Call call(2, words, std::get<Options>(read({file.word()})));
  EXPECT_EQ(call.read_anew(), "");
  std::ofstream(file.path(), std::ios::app) << "audit = true\nmax-age = 7\n";
  EXPECT_EQ(call.read_anew(), "audit is on now, which takes a stop and a start");
  EXPECT_NE(call.options().server.filesystem.refresh.due.max_age, std::chrono::seconds(7));
}

TEST(Call, OfAPinnedRoleTellsTheFilesystemToo) {
  const auto again = Call::from_image(call_with("--role=a-role").image());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->options().server.client.role, "a-role");
  EXPECT_EQ(again->options().server.filesystem.role, "a-role");
}

// The kernel sends no OPEN any more to who has once said that it needs none.
TEST(Call, TurnsAnAuditOffWhenItIsReadAnewAndNotOn) {
  const std::string path = testing::TempDir() + "ramrolefs-call-" + std::to_string(getpid());
  const std::string config = "--config=" + path;
  const char* words[] = {"ramrolefs", config.c_str(), "/mnt"};
  const auto configured = [&](const std::string& text) { std::ofstream(path) << text << "\n"; };
  configured("audit = true");
  Call call(3, words, std::get<Options>(read_options(3, words)));
  EXPECT_EQ(call.read_anew(), "");
  EXPECT_TRUE(call.options().server.filesystem.audit);
  configured("audit = false");
  EXPECT_EQ(call.read_anew(), "");
  EXPECT_FALSE(call.options().server.filesystem.audit);
  configured("audit = true");
  EXPECT_NE(call.read_anew().find("audit is on now"), std::string::npos);
  EXPECT_FALSE(call.options().server.filesystem.audit);
  std::remove(path.c_str());
}

TEST(Call, IsNoneOfWhatIsNoImage) {
  const auto image = call_with("--newline").image();
  EXPECT_FALSE(Call::from_image({}));
  EXPECT_FALSE(Call::from_image(std::span(image).first(image.size() / 2)));
  EXPECT_FALSE(Call::from_image(std::vector<std::byte>(100, std::byte{0xFF})));
}

TEST(SharedMemory, KeepsWhatWasSetAsAWhole) {
  auto memory = SharedMemory::create();
  ASSERT_TRUE(memory);
  EXPECT_TRUE(memory->options().empty());
  const auto image = call_with("").image();
  memory->set_options(image);
  EXPECT_TRUE(Call::from_image(memory->options()));
  const auto another = call_with("--newline").image();
  memory->set_options(another);
  const auto found = memory->options();
  EXPECT_EQ(std::vector<std::byte>(found.begin(), found.end()), another);
}

TEST(SharedMemory, HasASnapshotOnceItIsWritten) {
  auto small = SharedMemory::create();
  ASSERT_TRUE(small);
  auto memory =
      SharedMemory::open(FileDescriptor(dup(small->descriptor())), SharedMemory::Part::all);
  ASSERT_TRUE(memory);
  memory->next_snapshot()[0] = std::byte{1};
  EXPECT_TRUE(memory->snapshot().empty()) << "it is half written";
  memory->set_snapshot(1);
  EXPECT_EQ(memory->snapshot().size(), 1U);
  memory->next_snapshot()[0] = std::byte{2};
  EXPECT_EQ(memory->snapshot()[0], std::byte{1});
}

TEST(SharedMemory, IsNotAnotherFile) {
  FileDescriptor foreign(memfd_create("foreign", MFD_CLOEXEC));
  EXPECT_FALSE(SharedMemory::open(std::move(foreign), SharedMemory::Part::monitors));
  EXPECT_FALSE(SharedMemory::open(FileDescriptor(open("/etc/hostname", O_RDONLY | O_CLOEXEC)),
                                  SharedMemory::Part::monitors));
}

}  // namespace
}  // namespace ramrolefs::unit
