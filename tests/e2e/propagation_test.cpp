// SPDX-License-Identifier: Apache-2.0
// What etc/kubernetes and etc/container rely on: a mount made in one container is seen by the host
// and by others. Namespaces and binds are made as a container runtime makes them.
#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

// A machine whose /run is shared, as systemd makes it.
constexpr const char* kNode = R"SCRIPT(
mount -t tmpfs node "$1"
mount --make-shared "$1"
mkdir "$1/ramrolefs"
echo ready
exec sleep infinity
)SCRIPT";

// The container of the DaemonSet, which mounts: Bidirectional, rshared.
constexpr const char* kDaemon = R"SCRIPT(
mount --rbind "$1" /mnt
mount --make-rshared /mnt
shift
exec "$@" /mnt/credential
)SCRIPT";

// A container that reads, on a bind of its own that is read-only: HostToContainer, rslave.
constexpr const char* kPod = R"SCRIPT(
mount --rbind "$1" /mnt
mount --make-"$2" /mnt
mount -o remount,bind,ro /mnt
echo ready
exec sleep infinity
)SCRIPT";

using Words = std::vector<std::string>;

Words joined(Words first, const Words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// In the namespaces that `enter` leads to.
Process start(const Words& enter, const std::string& script, const Words& words) {
  return Process(joined(joined(enter, {"sh", "-euc", script, "sh"}), words));
}

/// Waits until a script has set everything up.
void expect_ready(Process& process) {
  const bool ready = eventually([&] { return process.out() == "ready\n" || !process.running(); });
  if (!ready || !process.running()) throw std::runtime_error("no namespace: " + process.err());
}

/// A machine, as far as its mounts go.
class Node {
 public:
  Node() : process_(start({"unshare", "--mount"}, kNode, {folder_ / ""})) {
    expect_ready(process_);
  }

  /// What is mounted into containers, on /mnt in each.
  std::string shared() const { return folder_ / "ramrolefs"; }

  Words enter() const {
    return {"nsenter", "--mount=/proc/" + std::to_string(process_.pid()) + "/ns/mnt"};
  }
  Words enter_new_container() const {
    return joined(enter(), {"unshare", "--mount", "--propagation=unchanged"});
  }
  Finished run(const Words& words) const { return e2e::run(joined(enter(), words)); }

 private:
  Folder folder_;
  Process process_;
};

Process start_daemon(const Node& node, const Emulator& emulator) {
  return start(node.enter_new_container(), kDaemon,
               {node.shared(), program_path(), "--foreground", "--metadata-url=" + emulator.url()});
}

/// A container that reads, without a network.
class Pod {
 public:
  explicit Pod(const Node& node, const std::string& propagation = "rslave")
      : process_(start(joined(node.enter_new_container(), {"--net"}), kPod,
                       {node.shared(), propagation})) {
    expect_ready(process_);
  }

  Finished run(const Words& words) const {
    const std::string target = "--target=" + std::to_string(process_.pid());
    return e2e::run(joined({"nsenter", target, "--mount", "--net"}, words));
  }

  std::string read() const { return run({"cat", "/mnt/credential/AccessKeyId"}).out; }

  bool comes_to_read(const std::string& text) const {
    return eventually([&] { return read() == text; });
  }

  /// Within a second, for which the kernel may answer from its cache.
  bool comes_to_fail(const std::string& message) const {
    return eventually([&] {
      const auto cat = run({"cat", "/mnt/credential/AccessKeyId"});
      return cat.err.find(message) != std::string::npos;
    });
  }

 private:
  Process process_;
};

TEST(Propagation, AMountOfOneContainerIsReadInAnotherAndOnTheHost) {
  const Emulator emulator;
  const Node node;
  const Pod early(node);
  Process daemon = start_daemon(node, emulator);
  ASSERT_TRUE(early.comes_to_read(emulator.now("AccessKeyId"))) << daemon.err();
  const Pod late(node);
  EXPECT_EQ(late.read(), emulator.now("AccessKeyId"));
  EXPECT_EQ(node.run({"cat", node.shared() + "/credential/AccessKeyId"}).out,
            emulator.now("AccessKeyId"));

  const auto touch = early.run({"touch", "/mnt/mine"});
  EXPECT_NE(touch.err.find("Read-only file system"), std::string::npos) << touch.err;

  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
  for (const Pod* pod : {&early, &late}) {
    EXPECT_EQ(pod->run({"ls", "-A", "/mnt"}).out, "") << "unmounted here, but not there";
  }
}

TEST(Propagation, TheMountOfARestartedDaemonReplacesTheOldOneInRunningContainers) {
  const Emulator emulator;
  const Node node;
  const Pod pod(node);
  for (const int signal : {SIGTERM, SIGKILL, SIGTERM}) {
    Process daemon = start_daemon(node, emulator);
    emulator.rotate();
    ASSERT_TRUE(pod.comes_to_read(emulator.now("AccessKeyId"))) << daemon.err();
    daemon.signal(signal);
    EXPECT_EQ(daemon.wait(), signal == SIGTERM ? 0 : 128 + SIGKILL);
    EXPECT_TRUE(pod.comes_to_fail(signal == SIGTERM ? "No such file or directory"
                                                    : "Transport endpoint is not connected"));
  }
  EXPECT_EQ(pod.run({"grep", "-c", " /mnt/credential ", "/proc/self/mountinfo"}).out, "0\n");
}

TEST(Propagation, AContainerThatDoesNotAskForItSeesNothing) {
  const Emulator emulator;
  const Node node;
  const Pod receives(node);
  const Pod keeps_to_itself(node, "rprivate");
  const Process daemon = start_daemon(node, emulator);
  ASSERT_TRUE(receives.comes_to_read(emulator.now("AccessKeyId"))) << daemon.err();
  EXPECT_EQ(keeps_to_itself.run({"ls", "-A", "/mnt/credential"}).out, "");
}

}  // namespace
}  // namespace ramrolefs::e2e
