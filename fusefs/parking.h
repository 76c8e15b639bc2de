// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fuse_lowlevel.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "fusefs/access.h"
#include "fusefs/inode_number.h"

namespace ramrolefs {

/// The readers that wait for a flight: requests that the kernel has sent and not been answered.
///
/// Threads   the one that runs the fuse session.
/// Owns      each request in it, until take() gives it out; whoever takes it answers it.
class Parking {
 public:
  /// What a READ asks for.
  struct Part {
    std::size_t size;
    off_t offset;
  };
  struct Reader {
    fuse_req_t request;
    InodeNumber inode;
    Caller caller;
    std::optional<Part> part;  // nothing: it is a GETATTR
  };

  Parking() = default;
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;

  void add(Reader reader);

  bool empty() const { return places_.empty(); }
  std::size_t size() const { return places_.size(); }

  /// Takes out those for whom `done(reader)` is true; `done` answers them.
  template <typename Done>
  void take_if(Done done) {
    std::erase_if(places_, [&](const auto& place) { return done(place.second.reader); });
  }

  /// Takes out those who were interrupted since the last call.
  std::vector<Reader> take_interrupted();

 private:
  using Ticket = std::uint64_t;
  struct Place {
    Reader reader;
    Ticket ticket;
    Parking* parking;
  };

  static void on_interrupt(fuse_req_t request, void* place);

  std::map<Ticket, Place> places_;  // nodes stay where they are: libfuse holds their addresses
  std::vector<Ticket> interrupted_;
  Ticket next_ = 0;
};

}  // namespace ramrolefs
