// SPDX-License-Identifier: Apache-2.0
#include "fusefs/confinement.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "common/curl_transport.h"
#include "common/log.h"
#include "fusefs/proc.h"
#include "fusefs/proc_status.h"
#include "tests/e2e/confined.h"
#include "tests/e2e/datagrams.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

/// Whatever the filter does not know kills.
Ended in_worker(const std::function<std::string()>& deed) {
  return in_child([&] {
    setenv("RAMROLEFS_FILTER", "kill", 1);
    be_worker();
    return deed();
  });
}

std::string open_for_reading(const char* path) {
  return result(open(path, O_RDONLY | O_CLOEXEC));
}

/// What a change of the user alone leaves.
void have_more_than_a_user() {
  const std::array<gid_t, 2> groups{1, 2};
  setgroups(groups.size(), groups.data());
  const cap_value_t one = CAP_CHOWN;
  cap_t capabilities = cap_get_proc();
  cap_set_flag(capabilities, CAP_INHERITABLE, 1, &one, CAP_SET);
  cap_set_proc(capabilities);
  cap_free(capabilities);
}

TEST_F(Confined, AWorkerIsTheUserOfItsOwnWithoutAnyPrivilege) {
  const auto identity = Identity::find();
  ASSERT_TRUE(identity) << identity.error();
  EXPECT_NE(identity->user, 0U);
  const auto ended = in_child([] {
    have_more_than_a_user();
    be_worker();
    std::string all;
    for (const char* heading : {"Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:",
                                "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:"}) {
      all += heading + proc_status(getpid(), heading).value_or(" not to be had") + "\n";
    }
    return all;
  });
  const auto four = [](unsigned id) {
    const std::string text = "\t" + std::to_string(id);
    return text + text + text + text;
  };
  const std::string none = "\t0000000000000000\n";
  EXPECT_EQ(ended.said, "Uid:" + four(identity->user) + "\nGid:" + four(identity->group) +
                            "\nGroups:\t \nCapInh:" + none + "CapPrm:" + none + "CapEff:" + none +
                            "CapBnd:" + none + "CapAmb:" + none + "NoNewPrivs:\t1\nSeccomp:\t2\n");
}

TEST_F(Confined, AWorkerSeesNoFileButProcesses) {
  EXPECT_EQ(in_worker([] { return open_for_reading("/etc/passwd"); }).said, strerror(ENOENT));
  EXPECT_EQ(in_worker([] { return open_for_reading("/../../etc/passwd"); }).said, strerror(ENOENT));
  EXPECT_EQ(in_worker([] { return open_for_reading("/self/root/etc/passwd"); }).said,
            strerror(ENOENT));
  EXPECT_EQ(in_worker([] { return open_for_reading("/self/mem"); }).said, strerror(EACCES));
  EXPECT_EQ(in_worker([] { return open_for_reading("/sys/kernel/hostname"); }).said,
            strerror(ENOENT));
  EXPECT_EQ(in_worker([] { return open_for_reading("/1/status"); }).said, "done");
}

TEST_F(Confined, AWorkerSeesNoFileThroughAnotherProcessOfItsUser) {
  if (!has_landlock()) GTEST_SKIP() << "this kernel has no landlock";
  const auto identity = Identity::find();
  ASSERT_TRUE(identity) << identity.error();
  const Process another({"setpriv", "--reuid=" + std::to_string(identity->user),
                         "--regid=" + std::to_string(identity->group), "--clear-groups",
                         "--inh-caps=-all", "sleep", "60"});
  ASSERT_TRUE(eventually([&] { return read_proc(another.pid(), "comm") == "sleep\n"; }));
  const std::string path = "/" + std::to_string(another.pid()) + "/root/etc/passwd";
  EXPECT_EQ(in_worker([&] { return open_for_reading(path.c_str()); }).said, strerror(EACCES));
}

/// The machine's /proc hides other users' processes.
void hide_processes() {
  unshare(CLONE_NEWNS);
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount("proc", "/proc", "proc", 0, "hidepid=2");
}

TEST_F(Confined, AWorkerSeesOtherUsersProcessesWhateverTheMachineHides) {
  const auto status = [] { return read_proc(getppid(), "status").empty() ? "hidden" : "seen"; };
  EXPECT_EQ(in_child([&] {
              hide_processes();
              be_ordinary_user();
              return status();
            }).said,
            "hidden");
  const auto ended = in_child([&] {
    hide_processes();
    be_worker();
    return status();
  });
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.said, "seen");
}

TEST_F(Confined, AWorkerHasThreads) {
  const auto ended = in_worker([] {
    std::string said;
    std::thread([&] {
      pthread_setname_np(pthread_self(), "flight");
      said = std::string(1 << 20U, 'x').substr(0, 4);
    }).join();
    return said;
  });
  EXPECT_EQ(ended.said, "xxxx") << ended.status;
}

TEST_F(Confined, AWorkerGetsNoSocketButOfTcp) {
  EXPECT_EQ(in_worker([] { return result(socket(AF_UNIX, SOCK_STREAM, 0)); }).said,
            strerror(EAFNOSUPPORT));
  EXPECT_EQ(in_worker([] { return result(socket(AF_INET, SOCK_DGRAM, 0)); }).said,
            strerror(EAFNOSUPPORT));
  EXPECT_EQ(in_worker([] { return result(socket(AF_INET, SOCK_RAW, IPPROTO_TCP)); }).status,
            kKilledByFilter);
  EXPECT_EQ(in_worker([] { return result(socket(AF_PACKET, SOCK_RAW, 0)); }).status,
            kKilledByFilter);
  EXPECT_EQ(in_worker([] { return result(socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP)); }).said,
            "done");
}

std::string fetch(CurlTransport& transport) {
  HttpRequest request;
  request.path = "/latest/meta-data/ram/security-credentials/";
  std::string said;
  std::thread([&] {  // as a Flight does
    for (int i = 0; i < 2; ++i) {
      const auto response = transport.perform(request, std::chrono::seconds(10));
      said += (response ? std::to_string(response->status) : response.error().detail) + " ";
    }
  })
      .join();
  return said;
}

TEST_F(Confined, AWorkerAsksTheMetadataService) {
  const Emulator emulator;
  const auto ended = in_child([&] {
    CurlTransport transport(emulator.url());
    setenv("RAMROLEFS_FILTER", "kill", 1);
    be_worker();
    CurlTransport another(emulator.url());
    return fetch(transport) + fetch(another);
  });
  EXPECT_EQ(ended.said, "200 200 200 200 ") << ended.status;
}

TEST_F(Confined, AWorkerAsksAServiceByNameWhichWasLookedUpBefore) {
  const Emulator emulator;
  const std::string port = emulator.url().substr(emulator.url().rfind(':'));
  const auto ended = in_child([&] {
    CurlTransport transport("http://metadata.invalid" + port, {"127.0.0.1"});
    setenv("RAMROLEFS_FILTER", "kill", 1);
    be_worker();
    return fetch(transport);
  });
  EXPECT_EQ(ended.said, "200 200 ") << ended.status;
}

TEST_F(Confined, AWorkerThatAbortsLeavesNoCore) {
  const auto ended = in_child([]() -> std::string {
    const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &unlimited);
    prctl(PR_SET_DUMPABLE, 1);
    be_worker();
    std::abort();
  });
  EXPECT_EQ(ended.status, 128 + SIGABRT);
  EXPECT_FALSE(ended.core);
}

TEST_F(Confined, AWorkerDiesWithItsParent) {
  const auto parent = in_child([] {
    std::array<int, 2> ready{};
    [[maybe_unused]] const int made = pipe(ready.data());
    if (fork() == 0) {
      be_worker();
      [[maybe_unused]] const auto told = write(ready[1], "!", 1);
      poll(nullptr, 0, 60'000);
      _exit(0);
    }
    char sign = 0;
    [[maybe_unused]] const auto got = read(ready[0], &sign, 1);
    return std::string("the parent ends");
  });
  EXPECT_EQ(parent.said, "the parent ends");
  EXPECT_FALSE(parent.hangs) << "its child has survived it";
}

TEST_F(Confined, AWorkerWhoseParentHasDiedBeforeDoesNotBegin) {
  const auto ended = in_child([] {
    const auto confined =
        confine_worker({Identity::find().value(), getpid(), 0}, open_proc());  // not its parent
    return confined ? "" : confined.error();
  });
  EXPECT_EQ(ended.said, "the parent has died");
}

TEST_F(Confined, AWorkerDoesNotInheritHowItsParentIsSparedForWantOfMemory) {
  const auto ended = in_child([] {
    std::ofstream("/proc/self/oom_score_adj") << "700" << std::flush;
    be_worker();
    return read_proc(getpid(), "oom_score_adj");
  });
  EXPECT_EQ(ended.said, "0\n");
}

TEST_F(Confined, AWorkerMayLockMemory) {
  const auto ended = in_child([] {
    rlimit none{};
    getrlimit(RLIMIT_MEMLOCK, &none);
    none.rlim_cur = 0;
    setrlimit(RLIMIT_MEMLOCK, &none);
    be_worker();
    std::string page(4096, 'x');
    return result(mlock(page.data(), page.size()));
  });
  EXPECT_EQ(ended.said, "done");
}

TEST_F(Confined, AWorkersLogReachesSyslog) {
  const Folder folder;
  Datagrams syslog(folder / "log");
  const auto ended = in_child([&] {
    unshare(CLONE_NEWNS);
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    mount("dev", "/dev", "tmpfs", 0, nullptr);
    const std::ofstream made("/dev/log");
    mount((folder / "log").c_str(), "/dev/log", nullptr, MS_BIND, nullptr);
    log::start(log::Sink::syslog, log::Level::info);
    setenv("RAMROLEFS_FILTER", "kill", 1);
    be_worker();
    log::info("from within");
    return "";
  });
  EXPECT_EQ(ended.status, 0) << ended.said;
  EXPECT_NE(syslog.lines().find("from within"), std::string::npos) << syslog.lines();
}

}  // namespace
}  // namespace ramrolefs::e2e
