// SPDX-License-Identifier: Apache-2.0
// Files of templates: what they hold, and what a template that is wrong does at the start and
// later.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

constexpr const char* kBroken = "<first/>\n<id>{{AccesKeyId}}</id>\n";

/// A mount with a template app.xml, at a place whose name is to be escaped.
class Templates : public testing::Test {
 protected:
  Templates() {
    mkdir((folder_ / "templates").c_str(), 0755);
    put("app.xml", "<id>{{AccessKeyId}}</id><at>{{MountPoint}}</at>\n");
  }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(template_of(name)) << text;
  }
  std::string template_of(const std::string& name) const {
    return folder_ / ("templates/" + name + ".mustache");
  }

  std::vector<std::string> command() const {
    return {program_path(),
            "--foreground",
            "--max-age=0.2",
            "--read-window=0",
            "--metadata-url=" + emulator_.url(),
            "--template-dir=" + (folder_ / "templates"),
            folder_ / "m&m"};
  }
  std::string expected() const {
    return "<id>" + emulator_.now("AccessKeyId") + "</id><at>" + (folder_ / "m&#38;m") + "</at>\n";
  }
  Reading read(const std::string& name) const { return read_file(folder_ / "m&m/" + name); }

  Emulator emulator_;
  Folder folder_;
};

class MountedTemplates : public Templates {
 protected:
  MountedTemplates() : program_(command()) {
    EXPECT_TRUE(eventually([&] { return is_mounted(folder_ / "m&m"); })) << program_.err();
  }
  ~MountedTemplates() override {
    program_.signal(SIGTERM);
    EXPECT_EQ(program_.wait(), 0) << program_.err();
  }

  bool logged(const std::string& text) const {
    return eventually([&] { return program_.err().find(text) != std::string::npos; });
  }

  Process program_;
};

TEST_F(MountedTemplates, AreFilesThatAreFilledInAndChangeAtARotation) {
  EXPECT_EQ(read("app.xml").text, expected());
  struct stat stat {};
  EXPECT_EQ(::stat((folder_ / "m&m/app.xml").c_str(), &stat), 0);
  EXPECT_EQ(static_cast<std::size_t>(stat.st_size), expected().size());
  emulator_.rotate();
  const std::string newest = expected();
  EXPECT_TRUE(eventually([&] { return read("app.xml").text == newest; }));
  EXPECT_TRUE(eventually([&] { return read("current/app.xml").text == newest; }));
}

TEST_F(MountedTemplates, AreReadAnewOnSighupAndABrokenOneChangesNothing) {
  EXPECT_EQ(read("app.xml").text, expected());
  put("app.xml", "<role>{{RoleName}}</role>");
  put("new.txt", "{{{AccessKeyId}}}");
  program_.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] {
    return read("app.xml").text == "<role>" + read("RoleName").text + "</role>";
  })) << program_.err();
  EXPECT_TRUE(eventually([&] { return read("new.txt").text == emulator_.now("AccessKeyId"); }));

  put("app.xml", kBroken);
  program_.signal(SIGHUP);
  EXPECT_TRUE(logged(template_of("app.xml") + ", line 2: ")) << program_.err();
  EXPECT_TRUE(logged("unknown variable 'AccesKeyId'")) << program_.err();
  EXPECT_TRUE(logged("all goes on as it was")) << program_.err();
  EXPECT_EQ(read("app.xml").text, "<role>" + read("RoleName").text + "</role>");

  std::remove(template_of("app.xml").c_str());
  program_.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return read("app.xml").error == ENOENT; })) << program_.err();
  EXPECT_EQ(read("new.txt").text, emulator_.now("AccessKeyId"));
}

TEST_F(Templates, ThatAreBrokenAreAnErrorAtTheStart) {
  put("app.xml", kBroken);
  const auto program = run(command());
  EXPECT_EQ(program.status, 2);
  EXPECT_NE(program.err.find(template_of("app.xml") + ", line 2: "), std::string::npos)
      << program.err;
}

TEST_F(Templates, AFifoOrNothingAmongThemIsAnErrorAndNotWaitedFor) {
  ASSERT_EQ(mkfifo(template_of("fifo").c_str(), 0600), 0);
  auto program = run(command());
  EXPECT_EQ(program.status, 2);
  EXPECT_NE(program.err.find(template_of("fifo") + ": is not a regular file"), std::string::npos)
      << program.err;

  ASSERT_EQ(std::rename(template_of("fifo").c_str(), (folder_ / "templates/fifo").c_str()), 0);
  ASSERT_EQ(symlink("nowhere", template_of("link").c_str()), 0);
  program = run(command());
  EXPECT_EQ(program.status, 2);
  EXPECT_NE(program.err.find(template_of("link") + ": No such file"), std::string::npos)
      << program.err;
}

}  // namespace
}  // namespace ramrolefs::e2e
