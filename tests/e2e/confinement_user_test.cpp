// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <vector>

#include "fusefs/confinement.h"
#include "fusefs/proc.h"
#include "tests/e2e/confined.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::e2e {
namespace {

class ConfinedUser : public Confined {};

using ConfinedAnnouncer = ConfinedUser;

Ended in_users_worker(const std::function<std::string()>& deed) {
  return in_child([&] {
    be_ordinary_user();
    be_worker();
    return deed();
  });
}

TEST_F(ConfinedUser, AWorkerReadsNoFileWhereTheKernelHasLandlock) {
  if (!has_landlock()) GTEST_SKIP() << "this kernel has no landlock";
  const auto read = [](const char* path) { return result(open(path, O_RDONLY | O_CLOEXEC)); };
  EXPECT_EQ(in_users_worker([&] { return read("/etc/passwd"); }).said, strerror(EACCES));
  EXPECT_EQ(in_users_worker([&] { return read("/"); }).said, strerror(EACCES));
}

TEST_F(ConfinedUser, AWorkerSeesWhoReads) {
  const auto ended =
      in_users_worker([] { return read_proc(getppid(), "status").empty() ? "hidden" : "seen"; });
  EXPECT_EQ(ended.said, "seen") << ended.status;
}

TEST_F(ConfinedUser, AWorkerSeesWhoReadsWhereOtherUsersProcessesAreHidden) {
  const auto ended = in_child([] {
    if (unshare(CLONE_NEWNS) != 0) return "no namespace";
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (mount("proc", "/proc", "proc", 0, "hidepid=2") != 0) return "no /proc";
    be_ordinary_user();
    const pid_t reader = fork();
    if (reader == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      prctl(PR_SET_DUMPABLE, 1);  // as whoever was executed is
      while (true) pause();
    }
    eventually([&] { return !read_proc(reader, "stat").empty(); });
    be_worker();
    return read_proc(reader, "stat").empty() ? "hidden" : "seen";
  });
  EXPECT_EQ(ended.said, "seen") << ended.status;
}

TEST_F(ConfinedUser, AWorkerThatDoesWhatServingNeverDoesIsKilled) {
  const Folder folder;
  const std::string path = folder / "new";
  EXPECT_EQ(in_users_worker([] { return result(execl("/bin/true", "true", nullptr)); }).status,
            kKilledByFilter);
  EXPECT_EQ(in_users_worker([&] { return result(creat(path.c_str(), 0600)); }).status,
            kKilledByFilter);
}

/// A directory of the identity's own, with a file `a`.
void furnish(const Folder& folder) {
  const auto identity = Identity::find();
  ASSERT_TRUE(identity);
  std::ofstream(folder / "a") << "a";
  ASSERT_EQ(chown((folder / ".").c_str(), identity->user, identity->group), 0);
}

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

TEST_F(ConfinedAnnouncer, RenamesInItsCloneAndNowhereElse) {
  const Folder folder;
  furnish(folder);
  const auto ended = in_child([&] {
    const int clone =
        open_tree(AT_FDCWD, (folder / ".").c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    be_announcer(clone, "");
    // Its root is the clone's.
    const std::string said = result(renameat(clone, "a", clone, "../../b")) + ", ";
    return said + result(renameat(AT_FDCWD, "/etc/passwd", clone, "c"));
  });
  EXPECT_EQ(ended.said, std::string("done, ") + strerror(ENOENT)) << ended.status;
  EXPECT_TRUE(exists(folder / "b"));
}

TEST_F(ConfinedAnnouncer, OfAnOrdinaryUserRenamesBeneathTheMountAlone) {
  if (!has_landlock()) GTEST_SKIP() << "this kernel has no landlock";
  const Folder folder;
  const Folder other;
  furnish(folder);
  furnish(other);
  const auto rename_in = [](const Folder& in) {
    return result(renameat(AT_FDCWD, (in / "a").c_str(), AT_FDCWD, (in / "b").c_str()));
  };
  const auto ended = in_child([&] {
    be_ordinary_user();
    be_announcer(-1, folder / ".");
    return rename_in(folder) + ", " + rename_in(other);
  });
  EXPECT_EQ(ended.said, std::string("done, ") + strerror(EACCES)) << ended.status;
  EXPECT_TRUE(exists(folder / "b"));
  EXPECT_TRUE(exists(other / "a"));
}

TEST_F(ConfinedAnnouncer, ThatDoesAnythingElseIsKilled) {
  const Folder folder;
  furnish(folder);
  const std::vector<std::function<long()>> others{
      [] { return open("/", O_RDONLY); }, [] { return socket(AF_INET, SOCK_STREAM, 0); },
      [] { return unlink("/a"); }, [] { return fork(); }, [] { return getppid(); }};
  for (const auto& other : others) {
    const auto ended = in_child([&] {
      be_announcer(open_tree(AT_FDCWD, (folder / ".").c_str(), OPEN_TREE_CLONE), "");
      return result(other());
    });
    EXPECT_EQ(ended.status, kKilledByFilter) << ended.said;
  }
}

}  // namespace
}  // namespace ramrolefs::e2e
