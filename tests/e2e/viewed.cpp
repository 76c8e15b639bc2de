// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/viewed.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>

namespace ramrolefs::e2e {

std::vector<std::string> with(std::vector<std::string> words, const std::string& more) {
  words.push_back(more);
  return words;
}

Finished run_as(const std::string& user, std::vector<std::string> words) {
  words.insert(words.begin(), {"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"});
  return run(words);
}

Viewed::Viewed(const Emulator& emulator, const std::vector<std::string>& options)
    : mount_((configure(std::string(kPhp) + kLeast), emulator),
             with(options, "--config=" + (folder_ / "conf"))) {}

void Viewed::configure(const std::string& text) const {
  std::ofstream(folder_ / "conf") << text;
}

FileDescriptor open_path(const std::string& path, int how) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | how));
}

Reading read_held(const FileDescriptor& file) {
  posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  std::array<char, 4096> bytes{};
  const ssize_t got = pread(file.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) return {errno, "", {}};
  return {0, std::string(bytes.data(), static_cast<std::size_t>(got)), {}};
}

}  // namespace ramrolefs::e2e
