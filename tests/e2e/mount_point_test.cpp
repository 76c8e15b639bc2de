// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

Finished mount_in_background(const Emulator& emulator, const std::string& path) {
  return run({program_path(), "--metadata-url=" + emulator.url(), path});
}

TEST(Background, TheCommandReturnsWhenTheMountAnswers) {
  // So that the daemon becomes a child of this process, and its end can be waited for.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Emulator emulator;
  const Folder folder;
  const auto command = mount_in_background(emulator, folder / "m");
  EXPECT_EQ(command.status, 0) << command.err;
  EXPECT_EQ(command.out, "");
  EXPECT_EQ(read_file(folder / "m/AccessKeyId").text, emulator.now("AccessKeyId"));

  EXPECT_EQ(run({"umount", folder / "m"}).status, 0);
  int status = -1;
  EXPECT_GT(waitpid(-1, &status, 0), 0);
  EXPECT_EQ(status, 0);
}

TEST(Background, ARelativePathIsMeantFromWhereTheCommandRan) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Emulator emulator;
  const Folder folder;
  const auto command = run({"env", "--chdir=" + (folder / ""), program_path(),
                            "--metadata-url=" + emulator.url(), "./m/"});
  EXPECT_EQ(command.status, 0) << command.err;
  EXPECT_TRUE(is_mounted(folder / "m"));
  EXPECT_EQ(run({"umount", folder / "m"}).status, 0);
  EXPECT_GT(waitpid(-1, nullptr, 0), 0);
}

struct Refusal {
  const char* name;
  std::function<std::vector<std::string>(const Folder&)> words;
  const char* says;
};

const std::string kProgram = program_path();

const Refusal kRefusals[] = {
    {"missing_parent",
     [](const Folder& f) {
       return std::vector{kProgram, f / "no/such"};
     },
     "parent directory is missing"},
    {"not_a_directory",
     [](const Folder& f) {
       std::ofstream(f / "file") << "x";
       return std::vector{kProgram, f / "file"};
     },
     "is not a directory"},
    {"below_a_file",
     [](const Folder& f) {
       std::ofstream(f / "file") << "x";
       return std::vector{kProgram, f / "file/m"};
     },
     "mount point"},
    {"root",
     [](const Folder&) {
       return std::vector{kProgram, std::string("/")};
     },
     "the root"},
    {"no_device",
     [](const Folder& f) {
       return std::vector<std::string>{
           "unshare", "--mount", "sh",   "-c", "mount -t tmpfs none /dev && exec \"$@\"",
           "sh",      kProgram,  f / "m"};
     },
     "modprobe fuse"},
    {"not_permitted",
     [](const Folder& f) {
       return std::vector{std::string("setpriv"), std::string("--bounding-set=-sys_admin"),
                          kProgram, f / "m"};
     },
     "CAP_SYS_ADMIN"},
    {"unknown_option",
     [](const Folder& f) {
       return std::vector{kProgram, std::string("--mod=0400"), f / "m"};
     },
     "--mod"},
    {"bad_value",
     [](const Folder& f) {
       return std::vector{kProgram, std::string("--mode=0777"), f / "m"};
     },
     "--mode: '0777': allowed are"},
    {"bad_url",
     [](const Folder& f) {
       return std::vector{kProgram, std::string("--metadata-url=ftp://x"), f / "m"};
     },
     "--metadata-url: 'ftp://x'"},
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithOneClearLineAndNothingLeft) {
  const Folder folder;
  for (const char* where : {"", "--foreground"}) {
    auto words = GetParam().words(folder);
    if (*where != '\0') words.insert(words.end() - 1, where);
    const auto command = run(words);
    EXPECT_NE(command.status, 0);
    EXPECT_NE(command.err.find(GetParam().says), std::string::npos) << command.err;
    EXPECT_EQ(std::count(command.err.begin(), command.err.end(), '\n'), 1) << command.err;
    struct stat stat {};
    EXPECT_NE(::stat((folder / "m").c_str(), &stat), 0) << "the mount point was created";
  }
}

INSTANTIATE_TEST_SUITE_P(Reasons, Refused, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return row.param.name; });

TEST(MountPoint, OnWhichWeAreAlreadyIsRefused) {
  const Emulator emulator;
  const Mounted mount(emulator);
  const auto second = mount_in_background(emulator, mount.path());
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find("mounted there already"), std::string::npos) << second.err;
  EXPECT_EQ(mount.read("AccessKeyId").error, 0);
}

TEST(MountPoint, ADirectoryThatWasThereStaysThere) {
  const Emulator emulator;
  const Folder folder;
  ASSERT_EQ(mkdir((folder / "m").c_str(), 0755), 0);
  Process program(
      {program_path(), "--foreground", "--metadata-url=" + emulator.url(), folder / "m"});
  ASSERT_TRUE(eventually([&] { return is_mounted(folder / "m"); }));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_FALSE(is_mounted(folder / "m"));
  struct stat stat {};
  EXPECT_EQ(::stat((folder / "m").c_str(), &stat), 0);
}

TEST(MountPoint, TheDeadMountOfACrashedPredecessorIsTakenAway) {
  const Emulator emulator;
  Mounted crashed(emulator);
  struct stat stat {};
  ::stat(crashed.path().c_str(), &stat);  // which the kernel goes on answering for a second
  crashed.process().signal(SIGKILL);
  EXPECT_EQ(crashed.process().wait(), 128 + SIGKILL);
  ASSERT_TRUE(eventually([&] { return read_file(crashed / "AccessKeyId").error == ENOTCONN; }));

  Process program(
      {program_path(), "--foreground", "--metadata-url=" + emulator.url(), crashed.path()});
  EXPECT_TRUE(eventually([&] { return read_file(crashed / "AccessKeyId").error == 0; }))
      << program.err();
  EXPECT_NE(program.err().find("dead mount"), std::string::npos);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(MountPoint, ShowsDecentlyInTheTableOfMounts) {
  const Emulator emulator;
  const Mounted mount(emulator);
  EXPECT_EQ(run({"findmnt", "-no", "SOURCE,FSTYPE", mount.path()}).out,
            "ramrolefs fuse.ramrolefs\n");
  const auto options = run({"findmnt", "-no", "OPTIONS", mount.path()}).out;
  EXPECT_TRUE(options.starts_with("ro,nosuid,nodev,noexec")) << options;
  const auto df = run({"df", "--output=source,target", mount.path()}).out;
  EXPECT_NE(df.find("ramrolefs"), std::string::npos) << df;
}

}  // namespace
}  // namespace ramrolefs::e2e
