// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "fusefs/checksum.h"

#ifndef RAMROLEFS_LAYOUT
#define RAMROLEFS_LAYOUT 2  // a test builds others
#endif

namespace ramrolefs {

/// What a snapshot of a Filesystem's state is written as. To be raised whenever what is saved, or
/// what it means, changes: a worker refuses what another layout wrote, and fetches anew.
inline constexpr std::uint64_t kLayout = RAMROLEFS_LAYOUT;

/// A value whose bytes are all there is to it.
template <typename T>
concept Plain = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
                (std::has_unique_object_representations_v<T> || std::is_floating_point_v<T>);

/// Writes values one after another into memory of somebody else's. Allocates nothing.
///
/// Failures  what does not fit is left out; full() says so.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(std::span<std::byte> memory) : memory_(memory) {}

  template <Plain T>
  void put(const T& value) {
    put_bytes(&value, sizeof value);
  }

  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }

  void put(std::string_view text) {
    put_count(text.size());
    put_bytes(text.data(), text.size());
  }

  /// Of what comes next: see SnapshotReader::each().
  void put_count(std::size_t count) { put(static_cast<std::uint64_t>(count)); }

  /// Ends it with a checksum of all.
  void seal() { put(checksum_of(memory_.first(size_))); }

  std::size_t size() const { return size_; }
  bool full() const { return full_; }

 private:
  void put_bytes(const void* bytes, std::size_t size) {
    full_ = full_ || size > memory_.size() - size_;
    if (full_ || size == 0) return;
    std::memcpy(memory_.data() + size_, bytes, size);
    size_ += size;
  }

  std::span<std::byte> memory_;
  std::size_t size_ = 0;
  bool full_ = false;
};

/// Reads them back.
///
/// Failures  each says whether it could be read; if not, there is nothing to be had any more.
class SnapshotReader {
 public:
  explicit SnapshotReader(std::span<const std::byte> snapshot) : left_(snapshot) {}

  /// Whether it ends with the checksum of all of it. To be called first.
  bool sealed() {
    std::uint64_t checksum = 0;
    if (left_.size() < sizeof checksum) return false;
    const auto body = left_.first(left_.size() - sizeof checksum);
    std::memcpy(&checksum, left_.data() + body.size(), sizeof checksum);
    left_ = body;
    return checksum_of(body) == checksum;
  }

  template <Plain T>
  bool get(T& value) {
    return get_bytes(&value, sizeof value);
  }

  bool get(bool& value) {
    std::uint8_t byte = 0;
    if (!get(byte) || byte > 1) return false;
    value = byte == 1;
    return true;
  }

  template <typename T>
  bool get(std::optional<T>& value) {
    bool there = false;
    if (!get(there)) return false;
    if (!there) {
      value.reset();
      return true;
    }
    return get(value.emplace());
  }

  bool get(std::string& text) {
    std::uint64_t size = 0;
    if (!get(size) || size > left_.size()) return false;
    text.assign(reinterpret_cast<const char*>(left_.data()), size);
    left_ = left_.subspan(size);
    return true;
  }

  /// Calls `get_one` as often as was counted, which says whether it could be read.
  template <typename GetOne>
  bool each(GetOne get_one) {
    std::uint64_t count = 0;
    if (!get(count)) return false;
    for (; count > 0; --count) {
      if (!get_one()) return false;
    }
    return true;
  }

  bool at_end() const { return left_.empty(); }

 private:
  bool get_bytes(void* bytes, std::size_t size) {
    if (size > left_.size()) return false;
    std::memcpy(bytes, left_.data(), size);
    left_ = left_.subspan(size);
    return true;
  }

  std::span<const std::byte> left_;
};

}  // namespace ramrolefs
