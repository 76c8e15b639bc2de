// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "common/log.h"
#include "fusefs/checksum.h"
#include "fusefs/tree.h"

namespace ramrolefs {
namespace {

std::int64_t count(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

/// A file, rendered.
struct Rendered {
  const ServedFile* file;
  Seat seat;
  Secret text;
};

/// All that a slot has room for, and some for what is not made of a template.
constexpr std::size_t kLargestOfTemplates = GenerationMemory::kSlotSize / 4 * 3;

/// Renders files one after another; those of templates as long as there is room.
class Renderer {
 public:
  void add(const ServedFile& file, View view, const Rendering& rendering) {
    auto text = render(file, rendering);
    if (!text) return leave_out(file, text.error());
    if (file.made_of != nullptr) of_templates_ += text->size();
    if (of_templates_ > kLargestOfTemplates) return leave_out(file, "all of them are too large");
    all_.push_back({&file, {GenerationId{0}, file.place, view}, std::move(*text)});
  }
  std::vector<Rendered> take() { return std::move(all_); }

 private:
  static void leave_out(const ServedFile& file, const std::string& why) {
    log::warning("{} can't be rendered, and is not there: {}", file.name, why);
  }

  std::vector<Rendered> all_;
  std::size_t of_templates_ = 0;
};

std::string path_of(const Directory& directory, std::string_view mount_point) {
  std::string path(mount_point);
  if (!directory.name.empty()) path += "/" + std::string(directory.name);
  return path;
}

std::vector<Rendered> render(const Tree& tree, const Rendering& rendering) {
  Renderer all;
  const ServedFile* external = tree.find_file(kExternalJson);
  for (const ServedFile& file : tree.files()) {
    if (!file.per_directory) {
      all.add(file, kRootView, rendering);
      continue;
    }
    for (const Directory& directory : tree.directories()) {
      if (!directory.shows(file)) continue;
      const std::string path = path_of(directory, rendering.mount_point);
      all.add(file, directory.view,
              {rendering.credential, rendering.region, path,
               external != nullptr && directory.shows(*external)});
    }
  }
  return all.take();
}

}  // namespace

Generation::Generation(GenerationMemory& memory, Slot slot, const Tree& tree,
                       const Credential& credential, const Making& making)
    : slot_(slot), head_(nullptr), checksum_(0) {
  const auto all = render(tree, {credential, making.region, making.mount_point});
  std::uint64_t at = sizeof(Head) + all.size() * sizeof(File);
  std::size_t size = at;
  for (const Rendered& rendered : all) size += rendered.text.size() + 1;
  const auto bytes = memory.begin(slot, size);
  if (bytes.empty()) throw std::bad_alloc();

  const Endings endings = tree.endings();
  head_ = new (bytes.data()) Head{making.id,
                                  count(credential.expiration),
                                  count(credential.last_updated),
                                  making.rendering,
                                  endings,
                                  all.size()};
  auto* made = reinterpret_cast<File*>(bytes.data() + sizeof(Head));
  const bool same_endings = making.before != nullptr && making.before->head_->endings == endings;
  for (const auto& [file, seat, text] : all) {
    auto* to = reinterpret_cast<char*>(bytes.data() + at);
    *std::copy_n(text.expose().begin(), text.size(), to) = '\n';
    new (made) File{making.id, making.mtime.tv_sec, making.mtime.tv_nsec, at, text.size(), seat};
    at += text.size() + 1;
    const bool alike = same_endings || (making.before != nullptr && !file->is_value);
    const File* before = alike ? making.before->find(seat) : nullptr;
    if (before != nullptr && making.before->text(*before) == text.expose()) {
      made->take_over(*before);
    }
    ++made;
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
  if (found.id() != id || !found.whole(bytes.size())) return std::nullopt;
  return found;
}

/// Whether all that it says of the slot's `size` bytes is in them.
bool Generation::whole(std::size_t size) const {
  if (head_->count > (size - sizeof(Head)) / sizeof(File)) return false;
  const auto in_it = [&](const File& file) {
    return file.at <= size && file.size < size - file.at;
  };
  const auto all = files();
  return std::all_of(all.begin(), all.end(), in_it) &&
         std::all_of(kServedFiles.begin(), kServedFiles.end(),
                     [&](const ServedFile& file) { return !file.is_value || has(file); });
}

std::span<const Generation::File> Generation::files() const {
  return {reinterpret_cast<const File*>(head_ + 1), head_->count};
}

const Generation::File* Generation::find(Seat seat) const {
  const auto all = files();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const File& file) { return file.seat == seat; });
  return found != all.end() ? &*found : nullptr;
}

std::string_view Generation::text(const File& file) const {
  return {reinterpret_cast<const char*>(head_) + file.at, file.size};
}

std::string_view Generation::bytes(const ServedFile& file, bool newline, View view) const {
  const auto without = text(*find(file, view));
  return {without.data(), without.size() + (newline ? 1 : 0)};
}

timespec Generation::mtime(const ServedFile& file, View view) const {
  const File& found = *find(file, view);
  return {found.mtime_seconds, found.mtime_nanoseconds};
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

void Generation::File::take_over(const File& same) {
  origin = same.origin;
  mtime_seconds = same.mtime_seconds;
  mtime_nanoseconds = same.mtime_nanoseconds;
}

timespec mtime_of(GenerationId id, std::chrono::sys_seconds last_updated, const timespec& before) {
  const auto seconds = static_cast<std::time_t>(last_updated.time_since_epoch().count());
  const auto nanoseconds = static_cast<long>(static_cast<std::uint64_t>(id) % 1'000'000'000);
  return {std::max(seconds, before.tv_sec), nanoseconds};
}

}  // namespace ramrolefs
