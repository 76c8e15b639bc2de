// SPDX-License-Identifier: Apache-2.0
// The variables of the SDKs, which count less than all that is said to us.
#include "fusefs/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "fusefs/call.h"
#include "tests/unit/options_reading.h"

namespace ramrolefs::unit {
namespace {

/// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

TEST(Environment, NamesTheRoleBelowAllElse) {
  const Variable role("ALIBABA_CLOUD_ECS_METADATA", "of-the-sdks");
  const Options options = read_good({"/mnt"});
  EXPECT_EQ(options.server.client.role, "of-the-sdks");
  EXPECT_EQ(options.server.filesystem.role, "of-the-sdks");
  EXPECT_EQ(read_good({"/mnt", "-o", "role=o"}).server.client.role, "o");
  EXPECT_EQ(read_good({"/mnt", "--role=line"}).server.client.role, "line");
  const Configuration file("role = \"file\"\n");
  EXPECT_EQ(read_good({file.word(), "/mnt"}).server.client.role, "file");
}

TEST(Environment, HardensUnlessSomebodySaysOtherwise) {
  for (const char* value : {"true", "True", "TRUE"}) {
    const Variable hardened("ALIBABA_CLOUD_IMDSV1_DISABLED", value);
    EXPECT_TRUE(read_good({"/mnt"}).server.client.imdsv1_disabled) << value;
    EXPECT_FALSE(read_good({"/mnt", "-o", "disable-imdsv1=false"}).server.client.imdsv1_disabled);
    EXPECT_FALSE(read_good({"/mnt", "--disable-imdsv1=false"}).server.client.imdsv1_disabled);
  }
  const Variable not_hardened("ALIBABA_CLOUD_IMDSV1_DISABLED", "false");
  EXPECT_FALSE(read_good({"/mnt"}).server.client.imdsv1_disabled);
}

TEST(Environment, ForbidsToMountAndNothingElse) {
  const Variable forbidden("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
  const Exit exit = read_bad({"/mnt", "--role=a-role"});
  EXPECT_EQ(exit.status, 2);
  EXPECT_TRUE(contains(exit.text, "ALIBABA_CLOUD_ECS_METADATA_DISABLED")) << exit.text;
  EXPECT_EQ(read_bad({"--help"}).status, 0);
  const Variable allowed("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "False");
  EXPECT_EQ(read_good({"/mnt"}).mount_point, "/mnt");
}

TEST(Environment, ThatIsEmptySaysNothing) {
  const Variable role("ALIBABA_CLOUD_ECS_METADATA", "");
  const Variable hardened("ALIBABA_CLOUD_IMDSV1_DISABLED", "");
  const auto settings = read_environment();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_TRUE(settings->empty());
}

TEST(Environment, ThatIsWrongIsToldByName) {
  const std::pair<const char*, const char*> rows[] = {{"ALIBABA_CLOUD_ECS_METADATA", "a b"},
                                                      {"ALIBABA_CLOUD_IMDSV1_DISABLED", "ture"},
                                                      {"ALIBABA_CLOUD_ECS_METADATA_DISABLED", "1"}};
  for (const auto& [name, value] : rows) {
    const Variable wrong(name, value);
    const Exit exit = read_bad({"/mnt"});
    EXPECT_EQ(exit.status, 2);
    EXPECT_TRUE(exit.text.starts_with("ramrolefs: " + std::string(name) + ": ")) << exit.text;
    EXPECT_TRUE(contains(exit.text, "'" + std::string(value) + "'")) << exit.text;
  }
}

TEST(Environment, LastsThroughATakeover) {
  const Variable role("ALIBABA_CLOUD_ECS_METADATA", "of-the-sdks");
  const char* words[] = {"ramrolefs", "/mnt"};
  const Call call(2, words, read_good({"/mnt"}));
  const auto again = Call::from_image(call.image());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->options().server.client.role, "of-the-sdks");
}

}  // namespace
}  // namespace ramrolefs::unit
