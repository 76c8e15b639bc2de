// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <ostream>
#include <string_view>

namespace ramrolefs {

/// Bytes that must never be printed: a member of a credential, a token, an answer that holds one.
///
/// It cannot be streamed, formatted or ordered: what must not happen does not compile. It wipes
/// itself when it ends, when it is assigned to, and when it is moved from.
///
/// Threads   as a std::string.
/// Owns      its bytes, on the heap, in one place: a move leaves no copy behind.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  Secret(const Secret& other) : Secret(other.expose()) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The bytes themselves; valid while this Secret lives and is not assigned to. Not to be logged,
  /// put into an argument, or copied into anything that is not a Secret.
  std::string_view expose() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// In a time that does not tell where two secrets of one size differ.
  bool operator==(const Secret& other) const;

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

/// Overwrites what functions that have returned to the caller left on the thread's stack, 64 KiB
/// deep: what a parser keeps in the short form of a std::string, and registers that a compiler has
/// put there.
void wipe_stack() noexcept;

}  // namespace ramrolefs
