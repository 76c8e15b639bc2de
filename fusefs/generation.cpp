// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace ramrolefs {
namespace {

Secret with_newline(const Secret& text) {
  std::string line;
  line.reserve(text.size() + 1);  // growing would leave a copy behind
  line += text.expose();
  line += '\n';
  Secret ended(line);
  explicit_bzero(line.data(), line.size());
  return ended;
}

}  // namespace

Generation::Generation(GenerationId id, const Credential& credential, timespec mtime, bool newline,
                       const Generation* before)
    : id_(id) {
  files_.reserve(kServedFiles.size());
  for (const ServedFile& file : kServedFiles) {
    Secret text = file.render(credential);
    if (newline) text = with_newline(text);
    const bool same = before != nullptr && before->bytes(file) == text.expose();
    files_.push_back(
        {std::move(text), same ? before->mtime(file) : mtime, same ? before->of(file).origin : id});
  }
}

const Generation::File& Generation::of(const ServedFile& file) const {
  return files_[static_cast<std::size_t>(&file - kServedFiles.data())];
}

timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before) {
  const auto seconds = static_cast<std::time_t>(last_updated.time_since_epoch().count());
  const auto nanoseconds = static_cast<long>(static_cast<std::uint64_t>(id) % 1'000'000'000);
  return {std::max(seconds, before.tv_sec), nanoseconds};
}

}  // namespace ramrolefs
