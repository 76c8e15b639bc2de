// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace ramrolefs {

/// Which generation: 1, 2, … for the life of a mount. 0 holds what belongs to none: the root.
enum class GenerationId : std::uint64_t {};

/// The place of a file in its generation, bound to its name for the life of a mount.
enum class Place : std::uint8_t {};

/// A directory with the files of one owner, bound to its name for the life of a mount: 0 is the
/// mount's root, each other one a view (contents.h).
enum class View : std::uint8_t {};
inline constexpr View kRootView{0};
inline constexpr View kFirstView{1};
inline constexpr View kLastView{254};
/// What says how the mount fares, and holds no file of a generation: `.ramrolefs`.
inline constexpr View kStateView{255};

/// That of a directory: of the view itself in generation 0, of its current/ in each other.
inline constexpr Place kDirectory{1};

/// An inode number: a view, a generation, and the place of a file in it. Because it is computed,
/// there is nothing to look up and no count to keep; what it names is looked for when it is asked
/// for. Generations are numbered up to 2^48.
class InodeNumber {
 public:
  constexpr InodeNumber(GenerationId generation, Place place, View view = kRootView)
      : raw_(static_cast<std::uint64_t>(view) << kViewAt |
             static_cast<std::uint64_t>(generation) * 256 | static_cast<std::uint64_t>(place)) {}
  explicit constexpr InodeNumber(std::uint64_t raw) : raw_(raw) {}  // as the kernel gives it back

  constexpr View view() const { return View{static_cast<std::uint8_t>(raw_ >> kViewAt)}; }
  constexpr GenerationId generation() const {
    return GenerationId{(raw_ & ((std::uint64_t{1} << kViewAt) - 1)) / 256};
  }
  constexpr Place place() const { return Place{static_cast<std::uint8_t>(raw_ % 256)}; }
  constexpr std::uint64_t raw() const { return raw_; }  // for the kernel alone

  // NOLINTNEXTLINE(modernize-use-nullptr): of the zero that the compiler compares with
  auto operator<=>(const InodeNumber&) const = default;

 private:
  static constexpr unsigned kViewAt = 56;

  std::uint64_t raw_;
};

/// The mount's root: the kernel fixes its number (FUSE_ROOT_ID).
inline constexpr InodeNumber kRoot{GenerationId{0}, kDirectory};

/// A file of a directory, for the life of a mount: the inode that it would have in generation 0.
using Seat = InodeNumber;

}  // namespace ramrolefs
