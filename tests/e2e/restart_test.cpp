// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "fusefs/file_descriptor.h"
#include "tests/e2e/datagrams.h"
#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

/// A mount whose options are in a file, as systemd starts it.
class Configured : public testing::Test {
 protected:
  Configured()
      : manager_(folder_ / "notify"),
        program_((configure("mode = \"0400\"\n"),
                  Process({"env", "NOTIFY_SOCKET=" + (folder_ / "notify"), program_path(),
                           "--foreground", "--config=" + (folder_ / "conf"), folder_ / "m"}))) {
    EXPECT_TRUE(told("READY=1", 1)) << program_.err();
  }

  void configure(const std::string& text) const {
    std::ofstream(folder_ / "conf") << "metadata-url = \"" << emulator_.url() << "\"\n" << text;
  }

  bool told(const std::string& line, int times) {
    return eventually([&] {
      const std::string lines = "\n" + manager_.lines();
      int seen = 0;
      for (auto at = lines.find("\n" + line + "\n"); at != std::string::npos;
           at = lines.find("\n" + line + "\n", at + 1)) {
        ++seen;
      }
      return seen >= times;
    });
  }

  bool logged(const std::string& text) const {
    return eventually([&] { return program_.err().find(text) != std::string::npos; });
  }

  mode_t mode() const {
    struct stat stat {};
    ::stat((folder_ / "m/AccessKeyId").c_str(), &stat);
    return stat.st_mode & 0777U;
  }

  Emulator emulator_;
  Folder folder_;
  Datagrams manager_;
  Process program_;
};

TEST_F(Configured, HandsOverToAWorkerWithTheOptionsOfNowOnSighup) {
  EXPECT_EQ(mode(), 0400U);
  configure("mode = \"0440\"\n");
  program_.signal(SIGHUP);
  ASSERT_TRUE(told("READY=1", 2)) << program_.err();
  EXPECT_TRUE(told("RELOADING=1", 1));
  EXPECT_EQ(manager_.lines().find("STOPPING=1"), std::string::npos) << "systemd would kill it";
  EXPECT_TRUE(program_.running()) << "with the process id that systemd knows";
  EXPECT_TRUE(eventually([&] { return mode() == 0440U; })) << "once the kernel asks again";
  EXPECT_EQ(read_file(folder_ / "m/AccessKeyId").text, emulator_.now("AccessKeyId"));

  program_.signal(SIGTERM);
  EXPECT_EQ(program_.wait(), 0);
  EXPECT_FALSE(is_mounted(folder_ / "m"));
}

TEST_F(Configured, LosesNothingByAConfigurationThatIsWrong) {
  EXPECT_EQ(read_file(folder_ / "m/AccessKeyId").error, 0);
  configure("mode = \"0777\"\n");
  program_.signal(SIGHUP);
  EXPECT_TRUE(logged("conf, line 2: ")) << program_.err();
  EXPECT_TRUE(logged("all goes on as it was")) << program_.err();
  EXPECT_EQ(mode(), 0400U);
  EXPECT_EQ(emulator_.flights(), 1) << "the credential in hand is still in hand";

  std::ofstream(folder_ / "conf") << "metadata-url = \"http://127.0.0.1:1\"\n";
  program_.signal(SIGHUP);
  EXPECT_TRUE(logged("metadata-url is http://127.0.0.1:1 now")) << program_.err();
  EXPECT_EQ(emulator_.flights(), 1);

  configure("mode = \"0440\"\n");
  program_.signal(SIGHUP);
  EXPECT_TRUE(told("READY=1", 2)) << program_.err();
  EXPECT_TRUE(eventually([&] { return mode() == 0440U; })) << "once the kernel asks again";
}

TEST(Restart, OfADaemonThatWasCalledWithRelativePaths) {
  const Emulator emulator;
  const Folder folder;
  std::ofstream(folder / "conf") << "metadata-url = \"" << emulator.url() << "\"\n";
  const std::string source = "source-of-" + (folder / "");  // by which we know the process
  const auto called =
      run({"env", "--chdir=" + (folder / ""), program_path(), "--config=conf", source, "m"});
  ASSERT_EQ(called.status, 0) << called.err;
  std::ofstream(folder / "conf", std::ios::app) << "newline = true\n";
  EXPECT_EQ(run({"pkill", "-HUP", "-f", source}).status, 0);
  EXPECT_TRUE(eventually([&] {
    const auto reading = read_file(folder / "m/AccessKeyId");
    return reading.error == 0 && reading.text.ends_with('\n');
  }));
  EXPECT_EQ(run({"umount", folder / "m"}).status, 0);
}

TEST(Restart, IsNotMeantByATerminalThatIsGone) {
  const Emulator emulator;
  const Folder folder;
  const std::string url = "--metadata-url=" + emulator.url();
  const std::string place = folder / "m";
  const std::string path = program_path();
  int terminal = -1;
  const pid_t program = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (program == 0) {
    execl(path.c_str(), path.c_str(), "--foreground", url.c_str(), place.c_str(), nullptr);
    _exit(127);
  }
  FileDescriptor window(terminal);
  std::array<char, 512> said{};
  EXPECT_GT(read(window.get(), said.data(), said.size()), 0) << "it is mounted, and said so";
  EXPECT_TRUE(is_mounted(place));
  window.close();
  int status = -1;
  EXPECT_TRUE(eventually([&] { return waitpid(program, &status, WNOHANG) == program; }));
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(is_mounted(place));
}

}  // namespace
}  // namespace ramrolefs::e2e
