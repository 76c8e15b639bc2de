// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/mounted.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "fusefs/file_descriptor.h"
#include "fusefs/mount_table.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

std::vector<std::string> command(const Emulator& emulator, const std::string& path,
                                 const std::vector<std::string>& options,
                                 const std::vector<std::string>& environment) {
  // Tests poll, without the pause that tells one set of reads from the next: they would be held on
  // an old credential for long. Those of sweeps say what window they want.
  std::vector<std::string> words{"env"};
  words.insert(words.end(), environment.begin(), environment.end());
  words.insert(words.end(), {program_path(), "--foreground", "--log-level=trace", "--read-window=0",
                             "--metadata-url=" + emulator.url()});
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(path);
  return words;
}

}  // namespace

Folder::Folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "ramrolefs-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
  chmod(path_.c_str(), 0777);
}

Folder::~Folder() {
  for (const std::string& left : find_our_mounts()) {  // by a program that was killed
    if (left.starts_with(path_ + "/")) umount2(left.c_str(), MNT_DETACH);
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Reading read_file(const std::string& path) {
  Reading reading;
  const auto start = std::chrono::steady_clock::now();
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  reading.error = file.valid() ? 0 : errno;
  std::array<char, 4096> part{};
  for (ssize_t got = 1; reading.error == 0 && got > 0;) {
    got = read(file.get(), part.data(), part.size());
    if (got < 0) reading.error = errno;
    if (got > 0) reading.text.append(part.data(), static_cast<std::size_t>(got));
  }
  reading.took = std::chrono::steady_clock::now() - start;
  return reading;
}

Mounted::Mounted(const Emulator& emulator, const std::vector<std::string>& options,
                 const std::vector<std::string>& environment)
    : process_(command(emulator, path(), options, environment)) {
  const bool up = eventually([&] { return logged("mounted on") > 0 || !process_.running(); });
  if (!up || !is_mounted(path())) throw std::runtime_error("no mount: " + process_.err());
}

Mounted::~Mounted() {
  if (process_.running()) process_.signal(SIGTERM);
  process_.wait();
  umount2(path().c_str(), MNT_DETACH);  // what a test that killed the program left
}

int Mounted::logged(const std::string& text) const {
  const std::string all = log();
  int count = 0;
  for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
  return count;
}

bool is_mounted(const std::string& path) {
  return find_mount(path).has_value();
}

std::string triple(const Mounted& mount) {
  return mount.read("AccessKeyId").text + " " + mount.read("AccessKeySecret").text + " " +
         mount.read("SecurityToken").text;
}

std::string triple(const Emulator& emulator) {
  return emulator.now("AccessKeyId") + " " + emulator.now("AccessKeySecret") + " " +
         emulator.now("SecurityToken");
}

}  // namespace ramrolefs::e2e
