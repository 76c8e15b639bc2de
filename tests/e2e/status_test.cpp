// SPDX-License-Identifier: Apache-2.0
// What a mount tells of itself: .ramrolefs, and the command that reads it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string status_json(const Mounted& mount) {
  return mount.read(".ramrolefs/status.json").text;
}

Finished status_of(const Mounted& mount, const std::string& option = "--json") {
  return run({program_path(), "status", option, mount.path()});
}

/// As somebody who may read no value.
Finished as_stranger(std::vector<std::string> words) {
  words.insert(words.begin(), {"setpriv", "--reuid=4711", "--regid=4711", "--clear-groups"});
  return run(words);
}

TEST(Status, KnowsIdleFreshAndStale) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.1"});
  const auto idle = status_of(mount);
  EXPECT_EQ(idle.status, 0) << idle.out;
  EXPECT_TRUE(has(idle.out, R"("state": "idle")")) << idle.out;
  EXPECT_EQ(emulator.count("total"), 0) << "it asks nothing";

  ASSERT_EQ(mount.read("AccessKeyId").error, 0);
  const auto fresh = run({program_path(), "status", mount.path()});
  EXPECT_EQ(fresh.status, 0) << fresh.out;
  EXPECT_EQ(fresh.out.find(mount.path() + ": fresh\n"), 0U) << fresh.out << "no colours in a pipe";
  EXPECT_TRUE(has(fresh.out, mount.read("RoleName").text)) << fresh.out;
  EXPECT_TRUE(has(fresh.out, emulator.now("Expiration"))) << fresh.out;

  emulator.fault("kind=status&status=503&on=all");
  EXPECT_TRUE(eventually([&] {
    mount.read("AccessKeyId");
    return has(status_json(mount), R"("state": "stale")");
  })) << status_json(mount);
  const auto stale = status_of(mount);
  EXPECT_EQ(stale.status, 1) << stale.out;
  EXPECT_TRUE(has(stale.out, "503")) << stale.out;

  emulator.heal();
  emulator.rotate();
  EXPECT_TRUE(eventually([&] {  // whoever looks again gets what is new
    mount.read("AccessKeyId");
    return has(status_json(mount), R"("rotated": 2)");
  })) << status_json(mount);
}

TEST(Status, KnowsWhatHasFailed) {
  const Emulator emulator({"--role="});
  const Mounted mount(emulator);
  EXPECT_EQ(mount.read("AccessKeyId").error, ENOENT);
  const auto failed = status_of(mount);
  EXPECT_EQ(failed.status, 2) << failed.out;
  EXPECT_TRUE(has(failed.out, R"("state": "failed")")) << failed.out;
  EXPECT_TRUE(has(failed.out, R"("role": null)")) << failed.out;
}

TEST(Status, IsForEverybodyAndTellsNoSecret) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const std::string id = mount.read("AccessKeyId").text;
  const std::string secret = mount.read("AccessKeySecret").text;
  const std::string token = mount.read("SecurityToken").text;
  const auto all =
      as_stranger({"cat", mount / ".ramrolefs/status.json", mount / ".ramrolefs/metrics"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_TRUE(has(all.out, R"("metadata-url": ")" + emulator.url())) << all.out;
  for (const auto& value : {id, secret, token}) {
    ASSERT_FALSE(value.empty());
    EXPECT_FALSE(has(all.out, value));
  }
  EXPECT_NE(as_stranger({"cat", mount / "AccessKeyId"}).status, 0);
  const auto list = as_stranger({"ls", "-la", mount / ".ramrolefs"});
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_TRUE(has(list.out, "-r--r--r--")) << list.out;
  EXPECT_TRUE(has(list.out, " metrics\n")) << list.out;
  EXPECT_EQ(as_stranger({program_path(), "status", mount.path()}).status, 0);
}

TEST(Status, HasMetricsThatPromtoolFindsGood) {
  const Emulator emulator;
  const Mounted mount(emulator);
  ASSERT_EQ(mount.read("AccessKeyId").error, 0);
  const auto check =
      run({"sh", "-c", "promtool check metrics < \"$1\"", "sh", mount / ".ramrolefs/metrics"});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
  EXPECT_EQ(check.out + check.err, "");
}

TEST(Status, WaitsForNobodyWhileReadersDo) {
  const Emulator emulator;
  emulator.fault("kind=hang&on=all");
  const Mounted mount(emulator, {"--timeout=60"});
  Process reader({"cat", mount / "AccessKeyId"});
  EXPECT_TRUE(eventually([&] { return has(status_json(mount), R"("readers_parked": 1)"); }))
      << status_json(mount);
  EXPECT_EQ(status_of(mount).status, 0);
  EXPECT_TRUE(reader.running());
  emulator.heal();
  EXPECT_EQ(reader.wait(), 0) << reader.err();
}

TEST(Status, IsWholeThoughTheWorkerIsKilledWhileItIsOpen) {
  const Emulator emulator;
  Mounted mount(emulator);
  ASSERT_EQ(mount.read("AccessKeyId").error, 0);
  const FileDescriptor file(open((mount / ".ramrolefs/status.json").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(file.valid());
  const pid_t worker = next_worker(mount.process().pid());
  kill(worker, SIGKILL);
  next_worker(mount.process().pid(), worker);
  struct stat stat {};
  ASSERT_EQ(fstat(file.get(), &stat), 0);
  std::string text(static_cast<std::size_t>(stat.st_size) + 1, '\0');
  const auto size = pread(file.get(), text.data(), text.size(), 0);
  EXPECT_EQ(size, stat.st_size);
  EXPECT_TRUE(has(text, "\n}\n")) << text;
  const std::string after = status_json(mount);
  EXPECT_FALSE(has(after, R"("takeovers": 0)")) << after;
  EXPECT_FALSE(has(after, R"("started": 0)")) << "the counters go on: " << after;
}

}  // namespace
}  // namespace ramrolefs::e2e
