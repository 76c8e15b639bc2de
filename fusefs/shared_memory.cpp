// SPDX-License-Identifier: Apache-2.0
#include "fusefs/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "fusefs/generation_memory.h"
#include "fusefs/generations.h"

namespace ramrolefs {
namespace {

constexpr std::size_t kPage = 4096;

/// An image in two places.
struct Twin {
  std::size_t at;    // in the shared memory: a page that tells which place counts, then the two
  std::size_t most;  // bytes of an image

  constexpr std::size_t end() const { return at + kPage + 2 * most; }
};

struct TwinHead {
  std::atomic<std::uint32_t> counts;
  std::array<std::atomic<std::uint64_t>, 2> sizes;
};

constexpr Twin kOptions{sizeof(Frozen), std::size_t{8} << 20U};
constexpr Twin kSnapshot{kOptions.end(), std::size_t{8} << 20U};
constexpr std::size_t kGenerationsAt = kSnapshot.end();
constexpr std::size_t kGenerationsSize = GenerationMemory::size_for(Generations::kKept + 1);
constexpr std::size_t kWhole = kGenerationsAt + kGenerationsSize;
static_assert(sizeof(Frozen) % kPage == 0 && kGenerationsAt % kPage == 0);

TwinHead& head(std::byte* start, const Twin& twin) {
  return *reinterpret_cast<TwinHead*>(start + twin.at);
}

std::span<std::byte> place(std::byte* start, const Twin& twin, std::uint32_t which) {
  return {start + twin.at + kPage + which * twin.most, twin.most};
}

std::uint32_t other(std::byte* start, const Twin& twin) {
  return head(start, twin).counts == 0 ? 1 : 0;
}

std::span<const std::byte> image(std::byte* start, const Twin& twin) {
  const std::uint32_t which = other(start, twin) == 1 ? 0 : 1;
  const std::uint64_t size = head(start, twin).sizes[which];
  return place(start, twin, which).first(std::min<std::size_t>(size, twin.most));
}

void set_image(std::byte* start, const Twin& twin, std::size_t size) {
  const std::uint32_t which = other(start, twin);
  head(start, twin).sizes[which] = size;
  head(start, twin).counts = which;
}

}  // namespace

std::optional<SharedMemory> SharedMemory::create() {
  FileDescriptor memory(memfd_create("ramrolefs", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.valid() || ftruncate(memory.get(), kWhole) != 0) return std::nullopt;
  fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK);  // may grow: another version's needs
  const std::uint64_t magic = Frozen::kMagic;
  if (pwrite(memory.get(), &magic, sizeof magic, 0) != sizeof magic) return std::nullopt;
  return open(std::move(memory), Part::monitors);
}

std::optional<SharedMemory> SharedMemory::open(FileDescriptor memory, Part part) {
  struct stat stat {};
  const std::size_t wanted = part == Part::all ? kWhole : kOptions.end();
  if (fstat(memory.get(), &stat) != 0) return std::nullopt;
  const bool short_of = static_cast<std::size_t>(stat.st_size) < wanted;
  if (short_of && ftruncate(memory.get(), static_cast<off_t>(wanted)) != 0) return std::nullopt;
  void* start = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (start == MAP_FAILED) return std::nullopt;
  madvise(start, wanted, MADV_DONTDUMP);
  SharedMemory shared(std::move(memory), static_cast<std::byte*>(start), wanted);
  if (shared.frozen().magic != Frozen::kMagic) return std::nullopt;
  return shared;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      start_(std::exchange(other.start_, nullptr)),
      size_(other.size_) {}

SharedMemory::~SharedMemory() {
  if (start_ != nullptr) munmap(start_, size_);
}

std::span<const std::byte> SharedMemory::options() const {
  return image(start_, kOptions);
}

void SharedMemory::set_options(std::span<const std::byte> image) {
  const auto to = place(start_, kOptions, other(start_, kOptions));
  std::copy_n(image.begin(), std::min(image.size(), to.size()), to.begin());
  set_image(start_, kOptions, image.size());
}

std::span<const std::byte> SharedMemory::snapshot() const {
  return image(start_, kSnapshot);
}

std::span<std::byte> SharedMemory::next_snapshot() const {
  return place(start_, kSnapshot, other(start_, kSnapshot));
}

void SharedMemory::set_snapshot(std::size_t size) {
  set_image(start_, kSnapshot, size);
}

std::span<std::byte> SharedMemory::generations() const {
  return {start_ + kGenerationsAt, kGenerationsSize};
}

}  // namespace ramrolefs
