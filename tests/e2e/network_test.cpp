// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/network_namespace.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

int error_of_read(const NetworkNamespace& network) {
  const Folder folder;
  Process program = network.start({program_path(), "--foreground", "--timeout=0.5", folder / "m"});
  EXPECT_TRUE(eventually([&] { return is_mounted(folder / "m"); })) << program.err();
  const int error = read_file(folder / "m/AccessKeyId").error;
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  return error;
}

TEST(Network, NoProxyOfTheEnvironmentIsAsked) {
  const Emulator emulator;
  const Folder folder;
  Process program({"env", "http_proxy=http://127.0.0.1:1", "all_proxy=http://127.0.0.1:1",
                   program_path(), "--foreground", "--metadata-url=" + emulator.url(),
                   folder / "m"});
  EXPECT_TRUE(eventually([&] { return is_mounted(folder / "m"); })) << program.err();
  EXPECT_EQ(read_file(folder / "m/AccessKeyId").text, emulator.now("AccessKeyId"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(Network, OutsideAVpcThereIsNoRoute) {
  const NetworkNamespace network;
  EXPECT_STREQ(strerror(error_of_read(network)), strerror(ENETUNREACH));
}

TEST(Network, ARouteThatLeadsNowhereIsAnUnreachableHost) {
  const NetworkNamespace network;
  ASSERT_EQ(network.ip({"link", "set", "lo", "up"}), 0);
  ASSERT_EQ(network.ip({"route", "add", "unreachable", "100.100.100.200"}), 0);
  EXPECT_STREQ(strerror(error_of_read(network)), strerror(EHOSTUNREACH));
}

TEST(Network, PacketsThatAreDroppedAreATimeOut) {
  const NetworkNamespace network;
  ASSERT_EQ(network.ip({"link", "add", "far", "type", "veth", "peer", "name", "near"}), 0);
  ASSERT_EQ(network.ip({"link", "set", "near", "up"}), 0);
  ASSERT_EQ(network.ip({"link", "set", "far", "arp", "off", "up"}), 0);
  ASSERT_EQ(network.ip({"addr", "add", "100.100.100.1/24", "dev", "far"}), 0);
  EXPECT_STREQ(strerror(error_of_read(network)), strerror(ETIMEDOUT));
}

TEST(Network, ARouteThatIsLostAndComesBackCostsNobodyAnything) {
  const NetworkNamespace network;
  ASSERT_EQ(network.ip({"link", "set", "lo", "up"}), 0);
  Process service =
      network.start({emulator_path(), "--listen=0.0.0.0", "--port=80", "--lifetime=21600"});
  ASSERT_TRUE(eventually([&] { return !whole_lines(service.out()).empty(); })) << service.err();
  const Folder folder;
  Process program = network.start({program_path(), "--foreground", "--timeout=0.5", "--max-age=0.2",
                                   "--read-window=0", folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); })) << program.err();
  const auto read = [&] { return read_file(folder / "m/AccessKeyId"); };
  EXPECT_EQ(read().error, ENETUNREACH) << "there is no route yet";
  const std::vector<std::string> address{"addr", "add", "100.100.100.200/32", "dev", "lo"};
  ASSERT_EQ(network.ip(address), 0);
  ASSERT_TRUE(eventually([&] { return read().error == 0; })) << program.err();
  const std::string value = read().text;

  ASSERT_EQ(network.ip({"addr", "del", "100.100.100.200/32", "dev", "lo"}), 0);
  for (int i = 0; i < 20; ++i) {
    kill(next_worker(program.pid()), SIGKILL);
    EXPECT_EQ(read().text, value);  // the kernel may have it, though nobody serves
    struct statvfs stat {};
    EXPECT_EQ(statvfs((folder / "m").c_str(), &stat), 0) << "a worker serves";
  }
  ASSERT_EQ(network.ip(address), 0);
  ASSERT_EQ(network.start({"curl", "-fsS", "-X", "POST", "http://100.100.100.200/emulator/rotate"})
                .wait(),
            0);
  EXPECT_TRUE(eventually([&] { return read().text != value; })) << program.err();
  EXPECT_EQ(read().error, 0);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

}  // namespace
}  // namespace ramrolefs::e2e
