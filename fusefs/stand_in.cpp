// SPDX-License-Identifier: Apache-2.0
#include "fusefs/stand_in.h"

#include <cerrno>

namespace ramrolefs {

bool StandIn::answer() {
  if (!journal_) journal_.emplace(frozen_);
  for (auto place = journal_->next_used(0); place <= Journal::kLast;
       place = journal_->next_used(place + 1)) {
    answer(place);
  }
  constexpr int kMostAtOnce = 64;
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto received = journal_->receive(device_, buffer_);
    if (received.size <= 0) return received.size != 0;
    answer(received.place);
  }
  return true;
}

void StandIn::answer(Journal::Place place) {
  const fuse_in_header header = header_of((*journal_)[place]);
  if (header.opcode == FUSE_INIT) return;  // a worker's to answer
  if (!wants_no_reply(header.opcode)) reply_with_error(device_, header.unique, EIO);
  journal_->free(place);
}

}  // namespace ramrolefs
