// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "fusefs/checksum.h"

namespace ramrolefs {
namespace {

std::size_t index_of(const ServedFile& file) {
  return static_cast<std::size_t>(&file - kServedFiles.data());
}

std::int64_t count(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

}  // namespace

Generation::Generation(GenerationMemory& memory, Slot slot, const Credential& credential,
                       const Making& making)
    : slot_(slot), head_(nullptr), checksum_(0) {
  std::vector<Secret> texts;
  texts.reserve(kServedFiles.size());
  const Rendering rendering{credential, "", making.mount_point};
  std::size_t size = sizeof(Head);
  for (const ServedFile& file : kServedFiles) {
    size += texts.emplace_back(file.render(rendering)).size() + 1;
  }
  const auto bytes = memory.begin(slot, size);
  if (bytes.empty()) throw std::bad_alloc();

  auto* head = new (bytes.data()) Head{making.id,
                                       count(credential.expiration),
                                       count(credential.last_updated),
                                       making.newline ? 1U : 0U,
                                       {}};
  head_ = head;
  std::uint64_t at = sizeof(Head);
  for (const ServedFile& file : kServedFiles) {
    const auto text = texts[index_of(file)].expose();
    const std::size_t end = making.newline && file.is_value ? 1 : 0;
    auto* to = reinterpret_cast<char*>(bytes.data() + at);
    std::fill_n(std::copy(text.begin(), text.end(), to), end, '\n');
    File& made = head->files[index_of(file)];
    made = {making.id, making.mtime.tv_sec, making.mtime.tv_nsec, at, text.size() + end};
    at += made.size;
    const bool same = making.before != nullptr && making.before->bytes(file) == this->bytes(file);
    if (same) made.take_over(making.before->of(file));
  }
  checksum_ = checksum_of(bytes);
}

Generation::Generation(Slot slot, std::span<const std::byte> bytes, std::uint64_t checksum)
    : slot_(slot), head_(reinterpret_cast<const Head*>(bytes.data())), checksum_(checksum) {}

std::optional<Generation> Generation::find(const GenerationMemory& memory, Slot slot,
                                           GenerationId id, std::uint64_t checksum) {
  const auto bytes = memory.bytes(slot);
  if (bytes.size() < sizeof(Head) || checksum_of(bytes) != checksum) return std::nullopt;
  const Generation found(slot, bytes, checksum);
  const bool whole =
      std::all_of(found.head_->files.begin(), found.head_->files.end(), [&](const File& file) {
        return file.at <= bytes.size() && file.size <= bytes.size() - file.at &&
               file.size >= found.head_->newline;
      });
  return found.id() == id && found.head_->newline <= 1 && whole ? std::optional(found)
                                                                : std::nullopt;
}

std::string_view Generation::bytes(const ServedFile& file) const {
  return {reinterpret_cast<const char*>(head_) + of(file).at, of(file).size};
}

timespec Generation::mtime(const ServedFile& file) const {
  return {of(file).mtime_seconds, of(file).mtime_nanoseconds};
}

std::chrono::sys_seconds Generation::expiration() const {
  return std::chrono::sys_seconds(std::chrono::seconds(head_->expiration));
}

bool Generation::shows(const Credential& credential) const {
  return this->credential().same_as(credential);
}

Credential Generation::credential() const {
  return {std::string(role()),
          secret(kAccessKeyId),
          secret(kAccessKeySecret),
          secret(kSecurityToken),
          expiration(),
          std::chrono::sys_seconds(std::chrono::seconds(head_->last_updated))};
}

const Generation::File& Generation::of(const ServedFile& file) const {
  return head_->files[index_of(file)];
}

void Generation::File::take_over(const File& same) {
  origin = same.origin;
  mtime_seconds = same.mtime_seconds;
  mtime_nanoseconds = same.mtime_nanoseconds;
}

/// What the credential itself says there.
std::string_view Generation::value(Place place) const {
  const auto text = bytes(*find_served_file(place));
  return text.substr(0, text.size() - head_->newline);
}

timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before) {
  const auto seconds = static_cast<std::time_t>(last_updated.time_since_epoch().count());
  const auto nanoseconds = static_cast<long>(static_cast<std::uint64_t>(id) % 1'000'000'000);
  return {std::max(seconds, before.tv_sec), nanoseconds};
}

}  // namespace ramrolefs
