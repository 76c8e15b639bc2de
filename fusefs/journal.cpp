// SPDX-License-Identifier: Apache-2.0
#include "fusefs/journal.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ramrolefs {
fuse_in_header header_of(const Slot& slot) {
  fuse_in_header header{};
  std::memcpy(&header, slot.request.data(), sizeof header);
  return header;
}

bool wants_no_reply(std::uint32_t opcode) {
  return opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET || opcode == FUSE_INTERRUPT;
}

void reply_with_error(int device, std::uint64_t unique, int error) {
  const fuse_out_header header{sizeof header, -error, unique};
  [[maybe_unused]] const auto written = write(device, &header, sizeof header);
}

Journal::Journal(Frozen& frozen) : frozen_(frozen) {
  for (Place place = kLast + 1; place-- > 0;) {
    Slot& slot = frozen_.slots[place];
    slot.used.fetch_or(0);  // touches it, for writing
    if (slot.used != 0 && header_of(slot).len != 0) {
      uniques_[place] = header_of(slot).unique;
      continue;
    }
    slot.used = 0;
    if (place != kLast) free_[free_count_++] = place;
  }
}

Journal::Place Journal::claim() {
  const Place place = free_count_ > 0 ? free_[--free_count_] : kLast;
  Slot& slot = frozen_.slots[place];
  slot.deaths = 0;
  slot.interrupted = 0;
  const fuse_in_header nothing{};
  std::memcpy(slot.request.data(), &nothing, sizeof nothing);
  slot.used = 1;
  return place;
}

Journal::Received Journal::receive(int device, std::span<char> buffer) {
  const Place place = claim();
  Slot& slot = frozen_.slots[place];
  constexpr std::size_t kHead = Slot::kRequest;
  std::array<iovec, 2> parts{
      {{slot.request.data(), kHead}, {buffer.data() + kHead, buffer.size() - kHead}}};
  const ssize_t got = readv(device, parts.data(), parts.size());
  if (got <= 0) {
    const int error = errno;
    free(place);
    return {error == ENODEV ? 0 : -error, place};
  }
  uniques_[place] = header_of(slot).unique;
  std::memcpy(buffer.data(), slot.request.data(), std::min(kHead, static_cast<std::size_t>(got)));
  return {got, place};
}

Journal::Place Journal::next_used(Place from) const {
  while (from <= kLast && uniques_[from] == 0) ++from;
  return from;
}

Journal::Place Journal::find(std::uint64_t unique) const {
  const auto found = std::find(uniques_.begin(), uniques_.end(), unique);
  return static_cast<Place>(found - uniques_.begin());
}

void Journal::free(Place place) {
  frozen_.slots[place].used = 0;
  uniques_[place] = 0;
  if (place != kLast) free_[free_count_++] = place;
}

}  // namespace ramrolefs
