// SPDX-License-Identifier: Apache-2.0
#include "fusefs/exec_command.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "common/secret.h"
#include "fusefs/daemon.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/node.h"
#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

// A read waits for --timeout, of 60 seconds at most; when nobody serves, for a second more.
constexpr std::chrono::seconds kPatience{130};

constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

/// A file, and the variables that hold its value: those of Alibaba Cloud's SDKs and its command
/// line, and those of OSS's.
struct Value {
  const char* file;
  std::array<const char*, 2> variables;
};
constexpr std::array<Value, 3> kValues{
    {{"AccessKeyId", {"ALIBABA_CLOUD_ACCESS_KEY_ID", "OSS_ACCESS_KEY_ID"}},
     {"AccessKeySecret", {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "OSS_ACCESS_KEY_SECRET"}},
     {"SecurityToken", {"ALIBABA_CLOUD_SECURITY_TOKEN", "OSS_SESSION_TOKEN"}}}};
using Triple = std::array<Secret, kValues.size()>;

/// Why there is none.
struct Trouble {
  int error;
  std::string file;
};

tl::unexpected<Trouble> trouble(const std::string& file) {
  return tl::unexpected(Trouble{errno, file});
}

tl::expected<Secret, Trouble> read_value(const FileDescriptor& directory, const char* name) {
  const FileDescriptor file(openat(directory.get(), name, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return trouble(name);
  std::string text;
  std::array<char, 4096> part{};
  ssize_t got = 0;
  while ((got = ::read(file.get(), part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  if (got < 0) return trouble(name);
  if (text.ends_with('\n')) text.pop_back();  // of --newline
  return Secret(text);
}

/// In current/, whose files are of one credential as long as it is held open.
tl::expected<Triple, Trouble> read_triple(const std::string& mount) {
  const std::string path = mount + "/" + std::string(kCurrent);
  const FileDescriptor current(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!current.valid()) return trouble(std::string(kCurrent));
  Triple triple;
  for (std::size_t i = 0; i < kValues.size(); ++i) {
    auto value = read_value(current, kValues[i].file);
    if (!value) return tl::unexpected(value.error());
    triple[i] = std::move(*value);
  }
  return triple;
}

/// Whether the mount lists all that is needed; also where that can't be told.
bool serves_all(const std::string& mount) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(mount.c_str()), closedir);
  if (!directory) return true;
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory.get())) names.emplace_back(entry->d_name);
  const auto listed = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return listed(kCurrent) && std::all_of(kValues.begin(), kValues.end(),
                                         [&](const Value& value) { return listed(value.file); });
}

std::string explain(const std::string& mount, const Trouble& trouble) {
  if (trouble.error == ENOENT && !serves_all(mount)) {
    return mount + ": it does not show AccessKeyId, AccessKeySecret and SecurityToken (--files)";
  }
  return mount + "/" + trouble.file + ": " + std::strerror(trouble.error);
}

tl::expected<Triple, std::string> find_triple(const std::string& place) {
  const auto mount = find_files(place);
  if (!mount) return tl::unexpected(mount.error());
  auto triple = read_triple(*mount);
  // Its credential has expired since it was opened: the name stands for the next one by now.
  if (!triple && triple.error().error == ESTALE) triple = read_triple(*mount);
  if (!triple) return tl::unexpected(explain(*mount, triple.error()));
  return std::move(*triple);
}

void put_into_environment(const Triple& triple) {
  for (std::size_t i = 0; i < kValues.size(); ++i) {
    const std::string value(triple[i].expose());
    for (const char* variable : kValues[i].variables) {
      setenv(variable, value.c_str(), /*overwrite=*/1);
    }
  }
}

/// Returns only if it can't be started.
int replace_process(std::vector<std::string> command) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  Daemon::unguard_process();
  execvp(words[0], words.data());
  const int error = errno;
  std::fprintf(stderr, "ramrolefs exec: %s: %s\n", words[0], std::strerror(error));
  return error == ENOENT ? kNotFound : kNotExecutable;
}

}  // namespace

int exec_with_credential(const std::string& place, const std::vector<std::string>& command) {
  auto found = within(kPatience, [place] { return find_triple(place); });
  if (!found || !*found) {
    std::fprintf(stderr, "ramrolefs exec: %s\n",
                 found ? found->error().c_str() : "the mount does not answer");
    return kExecFailed;
  }
  put_into_environment(**found);
  return replace_process(command);
}

}  // namespace ramrolefs
