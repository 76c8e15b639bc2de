// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <utility>

#include "common/secret.h"

/// What the commands do with a mount that another process serves. They are readers like any other:
/// what they call may hang as long as that process does.
namespace ramrolefs {

/// The absolute path of the mount at `place`, or of the only one if that is empty. The error is a
/// sentence for people.
tl::expected<std::string, std::string> find_mounted(const std::string& place);

/// The same of a directory with files: a mount, or a view of one, of which the path is not looked
/// at before it is read.
tl::expected<std::string, std::string> find_files(const std::string& place);

/// Reads AccessKeyId, by which credentials differ, from the mount. The error is a sentence.
tl::expected<Secret, std::string> read_access_key_id(const std::string& directory);

/// How many of ours are mounted.
std::size_t count_mounts();

/// Reads .ramrolefs/status.json, up to a mebibyte. Asks nothing of the metadata service. The error
/// is a sentence.
tl::expected<std::string, std::string> read_status_file(const std::string& mount);

/// What `work` returns, or nothing if that takes longer than `limit`. Its thread then goes on, as
/// nothing gets it out of the kernel: it must own what it uses, and the process is to end.
template <typename Work>
auto within(std::chrono::nanoseconds limit, Work work) -> std::optional<decltype(work())> {
  std::packaged_task<decltype(work())()> task(std::move(work));
  auto result = task.get_future();
  std::thread(std::move(task)).detach();
  if (result.wait_for(limit) != std::future_status::ready) return std::nullopt;
  return result.get();
}

}  // namespace ramrolefs
