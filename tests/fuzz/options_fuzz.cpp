// SPDX-License-Identifier: Apache-2.0
// What a user may write: the words of the command line, a configuration file, a list for -o.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fusefs/file_descriptor.h"
#include "fusefs/options.h"
#include "fusefs/served_files.h"
#include "tests/fuzz/check.h"

namespace ramrolefs::fuzz {
namespace {

using Words = std::vector<std::string>;

/// A file without a place in any directory, whose content is the input.
class InputFile {
 public:
  InputFile() : memory_(memfd_create("input", MFD_CLOEXEC)) {}

  std::string path() const { return "/proc/self/fd/" + std::to_string(memory_.get()); }

  void hold(std::string_view text) const {
    check(ftruncate(memory_.get(), 0) == 0 && pwrite(memory_.get(), text.data(), text.size(), 0) ==
                                                  static_cast<ssize_t>(text.size()),
          "the input can be written to a file");
  }

 private:
  FileDescriptor memory_;
};

/// A word can be of any bytes but NUL.
void add_words(std::string_view input, Words& words) {
  constexpr std::size_t kMost = 64;
  while (!input.empty() && words.size() < kMost) {
    const auto end = std::min(input.find('\0'), input.size());
    words.emplace_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
}

/// Of a machine that has no templates.
void check_contents(const Contents& contents) {
  check((contents.access.mode & ~0444U) == 0, "a mode has read bits alone");
  for (const std::string& name : contents.files.value_or(std::vector<std::string>())) {
    check(find_served_file(name) != nullptr, "a file that is named is one that there is");
  }
}

void try_words(const Words& words) {
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  pointers.push_back(nullptr);
  const auto result = read_options(static_cast<int>(words.size()), pointers.data());
  if (const auto* exit = std::get_if<Exit>(&result)) {
    check(exit->text.ends_with('\n'), "an Exit says why, in whole lines");
    check(exit->status == 0 || exit->status == 1 || exit->status == 2, "an Exit has its status");
    return;
  }
  const auto& options = std::get<Options>(result);
  check(!options.mount_point.empty(), "there is a mount point");
  const auto& files = options.server.filesystem;
  check(files.mount_point.starts_with('/'), "the mount point is absolute");
  check(files.region.size() <= 64, "a region is short");
  check((files.status_mode & ~0444U) == 0, "a mode has read bits alone");
  if (files.templates.empty()) check_contents(files.root);
  check(files.views.size() <= 64, "there are not too many views");
  for (const ViewOptions& view : files.views) {
    check(!view.name.empty() && view.name.find('/') == std::string::npos && view.name[0] != '.',
          "a view has the name of a directory");
    if (files.templates.empty()) check_contents(view.contents);
  }
}

/// Devices that never end are files that an administrator may name, but not a fuzzer.
bool names_a_device(std::string_view input) {
  return input.find("/dev") != std::string_view::npos ||
         input.find("/proc") != std::string_view::npos;
}

/// The first byte says where the rest stands.
void try_input(char where, std::string_view input) {
  static const InputFile kFile;
  Words words{"ramrolefs"};
  switch (where) {
    case 'f':
      kFile.hold(input);
      return try_words({"ramrolefs", "--config", kFile.path(), "/mnt"});
    case 'o':
      return try_words({"mount.ramrolefs", "none", "/mnt", "-o",
                        std::string(input.data(), input.size()).c_str()});
    case 'm':
      words = {"mount.ramrolefs", "none", "/mnt"};
      break;
    default:
      break;
  }
  add_words(input, words);
  try_words(words);
}

}  // namespace
}  // namespace ramrolefs::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  if (input.front() != 'f' && ramrolefs::fuzz::names_a_device(input)) return -1;
  ramrolefs::fuzz::try_input(input.front(), input.substr(1));
  return 0;
}
