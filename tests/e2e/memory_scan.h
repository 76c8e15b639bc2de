// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <bitset>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ramrolefs::e2e {

/// Pieces of secrets, by which a copy of any part of one is known: every 8 bytes of them.
class Pieces {
 public:
  static constexpr std::size_t kLength = 8;

  explicit Pieces(std::vector<std::string> secrets);
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  std::size_t count() const { return pieces_.size(); }
  /// How many of them the memory holds, each as often as it is there.
  std::size_t count_in(std::string_view memory) const;

 private:
  std::vector<std::string> secrets_;
  std::unordered_set<std::string_view> pieces_;
  std::bitset<65536> beginnings_;  // the first two bytes of each: most memory is none of them
};

/// A mapping of a process in which pieces were found.
struct Found {
  std::string mapping;  // as in /proc/PID/maps; never what is in it
  std::size_t pieces;

  friend std::ostream& operator<<(std::ostream& out, const Found& found) {
    return out << found.pieces << " pieces in " << found.mapping;
  }
};

/// Where pieces are in all memory of the process, and of all that descend from it, that can be
/// read. What can't be looked at counts as one. Needs root.
std::vector<Found> find_pieces(pid_t ancestor, const Pieces& pieces);

}  // namespace ramrolefs::e2e
