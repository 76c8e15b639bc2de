// SPDX-License-Identifier: Apache-2.0
// A service manager that keeps what belongs to a mount: the next process goes on with it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>

#include "fusefs/file_descriptor.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/family.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

/// As systemd does it: FDSTORE, and what the next process finds of it (sd_listen_fds(3)).
class Store {
 public:
  explicit Store(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  /// Takes what has been told; how many descriptors are kept now.
  std::size_t kept() {
    while (take()) {
    }
    return kept_.size();
  }

  /// The words by which a program is started that finds them.
  std::vector<std::string> start() {
    kept();
    std::string script = "exec";
    std::string names;
    int number = 3;
    for (const auto& [name, descriptor] : kept_) {
      const int open = fcntl(descriptor.get(), F_DUPFD, 100);  // without CLOEXEC
      copies_.emplace_back(open);
      script += " " + std::to_string(number++) + "<&" + std::to_string(open);
      names += (names.empty() ? "" : ":") + name;
    }
    script += "; export LISTEN_PID=$$ LISTEN_FDNAMES=" + names +
              " LISTEN_FDS=" + std::to_string(kept_.size()) + "; exec \"$@\"";
    return {"bash", "-c", script, "bash"};
  }
  void close_copies() { copies_.clear(); }
  /// As when the unit has ended for good.
  void drop() { kept_.clear(); }

 private:
  bool take() {
    std::array<char, 512> words{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
    iovec part{words.data(), words.size() - 1};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    if (recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC) < 0) return false;
    const std::string text = words.data();
    const auto at = text.find("FDNAME=");
    const std::string name = at == std::string::npos ? "" : text.substr(at + 7);
    if (text.find("FDSTOREREMOVE=1") != std::string::npos) {
      kept_.erase(name);
    } else if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header), sizeof number);
      FileDescriptor descriptor(number);
      kept_.emplace(name, std::move(descriptor));  // one that is there is kept
    }
    return true;
  }

  FileDescriptor socket_;
  std::multimap<std::string, FileDescriptor> kept_;
  std::vector<FileDescriptor> copies_;
};

class Adoption : public testing::Test {
 protected:
  ~Adoption() override { store_.drop(); }

  Process start() {
    auto words = store_.start();
    const auto faults = with_faults(folder_ / "fault");
    words.insert(words.end(), {"env", "NOTIFY_SOCKET=" + (folder_ / "notify")});
    words.insert(words.end(), faults.begin(), faults.end());
    words.insert(words.end(), {program_path(), "--foreground", "--timeout=20",
                               "--metadata-url=" + emulator_.url(), folder_ / "m"});
    Process program(words);
    store_.close_copies();
    return program;
  }

  /// One that has served, and was killed with all that belonged to it.
  void serve_and_die() {
    Process program = start();
    ASSERT_TRUE(eventually([&] { return is_mounted(folder_ / "m"); })) << program.err();
    value_ = read_file(folder_ / "m/AccessKeyId").text;
    ASSERT_EQ(store_.kept(), 3U);
    const pid_t worker = next_worker(program.pid());
    program.signal(SIGKILL);
    program.wait();
    ASSERT_TRUE(eventually([&] { return of_process(worker, "stat").empty(); }));
  }

  void expect_value(Process& reader, Process& program) const {
    EXPECT_EQ(reader.wait(), 0) << reader.err() << program.err();
    EXPECT_EQ(reader.out(), value_);
    EXPECT_EQ(emulator_.flights(), 1) << "it was in hand";
  }

  void end(Process& program) {
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0) << program.err();
    EXPECT_EQ(store_.kept(), 0U);
    EXPECT_FALSE(is_mounted(folder_ / "m"));
  }

  Emulator emulator_;
  Folder folder_;
  Store store_{folder_ / "notify"};
  std::string value_;
};

TEST_F(Adoption, GoesOnWithWhatWasKeptAndReadersThatWaited) {
  serve_and_die();
  Process reader({"cat", folder_ / "m/AccessKeyId"});
  Process program = start();
  expect_value(reader, program);
  EXPECT_EQ(store_.kept(), 3U);
  end(program);
}

TEST_F(Adoption, OutlivesAFirstWorkerThatCannotBegin) {
  serve_and_die();
  std::ofstream(folder_ / "fault") << "start";
  Process reader({"cat", folder_ / "m/AccessKeyId"});
  Process program = start();
  ASSERT_TRUE(eventually([&] {
    return program.err().find("the worker has ended") != std::string::npos;
  })) << program.err();
  std::remove((folder_ / "fault").c_str());
  expect_value(reader, program);
  end(program);
}

TEST_F(Adoption, OfAMountThatWasTakenAwayIsANewMountAndLeavesNothingInTheStore) {
  serve_and_die();
  EXPECT_EQ(run({"umount", "-l", folder_ / "m"}).status, 0);
  Process program = start();
  ASSERT_TRUE(eventually([&] { return is_mounted(folder_ / "m"); })) << program.err();
  EXPECT_EQ(read_file(folder_ / "m/AccessKeyId").error, 0);
  EXPECT_TRUE(eventually([&] { return store_.kept() == 3U; })) << store_.kept();
  end(program);
}

}  // namespace
}  // namespace ramrolefs::e2e
