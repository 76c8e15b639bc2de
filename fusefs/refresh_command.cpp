// SPDX-License-Identifier: Apache-2.0
#include "fusefs/refresh_command.h"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "fusefs/control.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/visit.h"

namespace ramrolefs {
namespace {

constexpr std::chrono::seconds kPatience{5};

/// The line to print, or why it could not be asked for.
tl::expected<std::string, std::string> ask(const std::string& place) {
  const auto mount = find_mounted(place);
  if (!mount) return tl::unexpected(mount.error());
  const FileDescriptor root(open(mount->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int milliseconds = root.valid() ? ioctl(root.get(), kAskForRefresh) : -1;
  if (milliseconds < 0) return tl::unexpected(*mount + ": " + strerror(errno));
  if (milliseconds == 0) return *mount + ": a refresh is under way";
  return *mount + ": a refresh in " + std::to_string((milliseconds + 999) / 1000) + " s";
}

}  // namespace

int ask_for_refresh(const std::string& place) {
  const auto asked = within(kPatience, [place] { return ask(place); });
  if (asked && *asked) {
    std::printf("%s\n", (*asked)->c_str());
    return 0;
  }
  std::fprintf(stderr, "ramrolefs refresh: %s\n",
               asked ? asked->error().c_str() : "the mount does not answer");
  return 1;
}

}  // namespace ramrolefs
