// SPDX-License-Identifier: Apache-2.0
#include "fusefs/parking.h"

#include <utility>

namespace ramrolefs {

void Parking::add(Reader reader) {
  const Ticket ticket = next_++;
  interrupted_.reserve(places_.size() + 1);  // no exception may pass through libfuse
  const fuse_req_t request = reader.request;
  Place& place = places_.emplace(ticket, Place{std::move(reader), ticket, this}).first->second;
  // Calls on_interrupt() right here if the interrupt came first.
  fuse_req_interrupt_func(request, on_interrupt, &place);
}

std::vector<Parking::Reader> Parking::take_interrupted() {
  std::vector<Reader> taken;
  taken.reserve(interrupted_.size());
  for (const Ticket ticket : interrupted_) {
    auto place = places_.extract(ticket);
    if (!place.empty()) taken.push_back(std::move(place.mapped().reader));
  }
  interrupted_.clear();  // and keeps its capacity
  return taken;
}

// Only notes it: libfuse 3.14 holds the request's lock here, and uses the request after a reply
// would have freed it (find_interrupted() in lib/fuse_lowlevel.c).
void Parking::on_interrupt(fuse_req_t, void* place) {
  const auto* interrupted = static_cast<const Place*>(place);
  interrupted->parking->interrupted_.push_back(interrupted->ticket);
}

}  // namespace ramrolefs
