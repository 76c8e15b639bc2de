// SPDX-License-Identifier: Apache-2.0
// What is held without a name moves on to the current credential: a file that is bind-mounted
// alone, a descriptor that stays open.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

const std::vector<std::string> kOptions{"--max-age=0.3", "--read-window=0", "--follow-after=0.5"};

/// Reads all of a descriptor by its own offset, from the beginning.
std::string read_held(const FileDescriptor& file) {
  std::array<char, 4096> bytes{};
  const ssize_t got = pread(file.get(), bytes.data(), bytes.size(), 0);
  return got < 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(got));
}

std::string map_anew(const FileDescriptor& file) {
  struct stat stat {};
  if (fstat(file.get(), &stat) != 0 || stat.st_size <= 0) return "";
  const auto size = static_cast<std::size_t>(stat.st_size);
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return "";
  std::string text(static_cast<const char*>(memory), size);
  munmap(memory, size);
  return text;
}

FileDescriptor open_file(const std::string& path) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

struct Way {
  const char* name;
  std::string (*read)(const FileDescriptor&);
};

class Held : public testing::TestWithParam<Way> {};

TEST_P(Held, ADescriptorFollowsEveryRotation) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, kOptions);
  const FileDescriptor held = open_file(mount / "AccessKeyId");
  EXPECT_EQ(GetParam().read(held), emulator.now("AccessKeyId"));
  bool whole = true;
  for (int i = 0; i < 4; ++i) {
    ledger.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] {
      const std::string text = GetParam().read(held);
      whole = whole && ledger.knows(text);
      return text == newest;
    }));
    EXPECT_TRUE(whole) << "of no credential";
    EXPECT_EQ(mount.read("AccessKeyId").text, newest);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Held,
                         testing::Values(Way{"pread", read_held}, Way{"mmap", map_anew}),
                         [](const auto& way) { return way.param.name; });

TEST(Following, BeginsNoSoonerThanItIsTold) {
  const Emulator emulator;
  const Mounted mount(emulator, {"--max-age=0.2", "--read-window=0", "--follow-after=600"});
  const std::string old = emulator.now("AccessKeyId");
  const FileDescriptor held = open_file(mount / "AccessKeyId");
  EXPECT_EQ(read_held(held), old);
  emulator.rotate();
  const std::string newest = emulator.now("AccessKeyId");
  ASSERT_TRUE(eventually([&] { return mount.read("AccessKeyId").text == newest; }));
  posix_fadvise(held.get(), 0, 0, POSIX_FADV_DONTNEED);
  EXPECT_EQ(read_held(held), old);
}

TEST(Following, IsOfAFileThatAProgramReadsFromItsBeginningAgainAndAgain) {
  const Emulator emulator;
  const Mounted mount(emulator, kOptions);
  const Process program({"/usr/bin/python3", "-uc", R"PYTHON(
import sys, time
last = None
with open(sys.argv[1], "rb", buffering=0) as file:
    while True:
        file.seek(0)
        text = file.read().decode()
        if text != last:
            print(text)
        last = text
        time.sleep(0.02)
)PYTHON",
                         mount / "SecurityToken"});
  std::string expected;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) emulator.rotate();
    expected += emulator.now("SecurityToken") + "\n";
    ASSERT_TRUE(eventually([&] { return program.out() == expected; })) << program.err();
  }
}

// In a mount namespace of its own, as a container has it, where nothing but that one file is.
constexpr const char* kBinds = R"SCRIPT(
set -eu
file=$1 place=$2
mkdir -p "$(dirname "$place")"
touch "$place"
mount --bind "$file" "$place"
echo bound
while sleep 0.05; do cat "$place" && echo; done
)SCRIPT";

class Bound : public testing::TestWithParam<const char*> {
 protected:
  Process bind(const Mounted& mount, const std::string& name) const {
    Process reader(
        {"unshare", "--mount", "sh", "-c", kBinds, "sh", mount / name, folder_ / GetParam()});
    EXPECT_TRUE(eventually([&] { return reader.out().starts_with("bound\n"); })) << reader.err();
    return reader;
  }

 private:
  Folder folder_;
};

/// The last whole line.
std::string last_line(const std::string& text) {
  if (text.size() < 2) return "";
  const auto end = text.rfind('\n');
  const auto begin = text.rfind('\n', end - 1);
  return begin == std::string::npos ? "" : text.substr(begin + 1, end - begin - 1);
}

TEST_P(Bound, AFileBoundAloneFollowsAndItsReaderAloneStartsTheRefreshes) {
  const Emulator emulator;
  Ledger ledger(emulator);
  const Mounted mount(emulator, kOptions);
  const Process reader = bind(mount, "AccessKeyId");
  for (int i = 0; i < 4; ++i) {
    const int flights = emulator.flights();
    if (i > 0) ledger.rotate();
    const std::string newest = emulator.now("AccessKeyId");
    ASSERT_TRUE(eventually([&] { return last_line(reader.out()) == newest; })) << reader.err();
    if (i > 0) {
      EXPECT_GT(emulator.flights(), flights) << "nobody else reads";
    }
  }
  std::istringstream lines(whole_lines(reader.out()).substr(std::string("bound\n").size()));
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(ledger.knows(line));
  EXPECT_EQ(reader.err(), "");
}

INSTANTIATE_TEST_SUITE_P(Places, Bound, testing::Values("file", "a/folder/below/file"),
                         [](const auto& place) {
                           return std::string(place.index == 0 ? "AFile" : "InASubfolder");
                         });

}  // namespace
}  // namespace ramrolefs::e2e
