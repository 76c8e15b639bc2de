// SPDX-License-Identifier: Apache-2.0
// Whether a secret is left in the memory of a process of ours when its generation is gone.
#include "tests/e2e/memory_scan.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <csignal>
#include <numeric>
#include <sstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/workers.h"

namespace ramrolefs::e2e {
namespace {

void send(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const FileDescriptor to(memfd_create("copy", MFD_CLOEXEC));
  EXPECT_GT(sendfile(to.get(), file.get(), nullptr, 65536), 0) << path;
}

void map(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat stat {};
  ASSERT_EQ(fstat(file.get(), &stat), 0);
  const auto size = static_cast<std::size_t>(stat.st_size);
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file.get(), 0);
  ASSERT_NE(memory, MAP_FAILED) << path;
  munmap(memory, size);
}

/// All files of the folder, in each way there is.
void read_all(const std::string& folder) {
  std::istringstream names(run({"ls", folder}).out);
  for (std::string name; names >> name;) {
    if (name == "current") continue;
    EXPECT_EQ(read_file(folder + name).error, 0) << name;
    send(folder + name);
    map(folder + name);
  }
}

// How often a generation has a value: in a file of its own, and in five formats, in env twice.
constexpr std::size_t kCopies = 7;

class MemoryScan : public testing::Test {
 protected:
  static void SetUpTestSuite() { setenv("LD_BIND_NOW", "1", 1); }  // as the worker is to have it

  Pieces pieces_now() const {
    return Pieces({emulator_.now("AccessKeyId"), emulator_.now("AccessKeySecret"),
                   emulator_.now("SecurityToken")});
  }

  void rotate_and_read() {
    emulator_.rotate();
    ASSERT_TRUE(eventually([&] { return triple(mount_) == triple(emulator_); }));
    read_all(mount_ / "");
  }

  /// Waits until all pieces are there so often: a flight may be under way.
  void expect_in_memory(const Pieces& pieces, std::size_t times) {
    found_.clear();
    const auto counted = [&] {
      found_ = find_pieces(mount_.process().pid(), pieces);
      return std::accumulate(found_.begin(), found_.end(), std::size_t{0},
                             [](std::size_t sum, const Found& f) { return sum + f.pieces; });
    };
    EXPECT_TRUE(eventually([&] { return counted() == times * pieces.count(); }))
        << "not " << times << " times " << pieces.count() << " but "
        << testing::PrintToString(found_);
  }

  void expect_in_generations_alone(const Pieces& pieces) {
    expect_in_memory(pieces, kCopies);
    for (const Found& f : found_) {
      EXPECT_NE(f.mapping.find("/memfd:ramrolefs"), std::string::npos) << f;
    }
  }

  void expect_to_go(const Pieces& pieces) {
    expect_in_generations_alone(pieces);
    emulator_.set("lifetime=21600");
    rotate_and_read();
    expect_in_memory(pieces, 0);
    EXPECT_EQ(triple(mount_), triple(emulator_));
  }

  Emulator emulator_{{"--hardened", "--lifetime=8"}};
  Mounted mount_{emulator_, {"--max-age=0.2", "--follow-after=0.1", "--timeout=0.5"}};
  std::vector<Found> found_;
};

TEST_F(MemoryScan, FindsNothingOfAnAnswerThatWasRefused) {
  for (const char* fault :
       {"kind=truncate&on=credential", "kind=missing&on=credential&member=Code",
        "kind=code&on=credential", "kind=control&on=credential&member=SecurityToken"}) {
    emulator_.rotate();
    emulator_.fault(fault);
    const int failures = mount_.logged("refresh failed");
    run({program_path(), "refresh", mount_.path()});  // ends the pause
    SCOPED_TRACE(fault);
    ASSERT_TRUE(eventually([&] {
      return mount_.read("AccessKeyId").error != 0 && mount_.logged("refresh failed") > failures;
    }));
    expect_in_memory(pieces_now(), 0);
  }
}

TEST_F(MemoryScan, FindsNothingOfACredentialThatIsGone) {
  emulator_.set("lifetime=21600");
  rotate_and_read();
  expect_to_go(pieces_now());
}

TEST_F(MemoryScan, FindsNothingOfACredentialThatWasHeldUntilItExpired) {
  rotate_and_read();
  read_all(mount_ / "current/");
  expect_to_go(pieces_now());
}

TEST_F(MemoryScan, FindsTheOneInHandInItsGenerationAloneAfterATakeover) {
  emulator_.set("lifetime=21600");
  rotate_and_read();
  const pid_t before = next_worker(mount_.process().pid());
  kill(before, SIGKILL);
  next_worker(mount_.process().pid(), before);
  read_all(mount_ / "");
  expect_in_generations_alone(pieces_now());
}

}  // namespace
}  // namespace ramrolefs::e2e
