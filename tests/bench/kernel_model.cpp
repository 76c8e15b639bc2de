// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/kernel_model.h"

#include <cerrno>
#include <utility>
#include <variant>

namespace ramrolefs::bench {
namespace {

constexpr const char* kFile = "AccessKeyId";

// LOOKUP_REVAL in fs/namei.c: once more after ESTALE.
constexpr int kMostTries = 2;

Caller root(pid_t process) {
  Caller caller;
  caller.thread = process;
  return caller;
}

}  // namespace

void KernelModel::read(pid_t process) {
  if (!waiting_.empty() && waiting_.contains(process)) return;
  const SteadyTime now = clock_.steady();
  if (now >= name_until_) return look_up(process, 1);
  if (now >= attributes_until_) return ask(process, 1);
  read_pages();
}

void KernelModel::look_up(pid_t process, int tries) {
  ++requests_;
  const auto entry = filesystem_.lookup(kRoot, kFile, root(process));
  if (!entry) {
    ++failed_;
    return;
  }
  const SteadyTime now = clock_.steady();
  inode_ = entry->inode;
  name_until_ = now + entry->timeout;
  attributes_until_ = now + entry->attributes.timeout;
  if (now < attributes_until_) return read_pages();
  ++requests_;
  ask(process, tries);
}

void KernelModel::ask(pid_t process, int tries) {
  const auto answer = filesystem_.getattr(inode_, root(process));
  if (std::holds_alternative<Park>(answer)) {
    waiting_.insert_or_assign(process, Waiting{inode_, tries});
  } else if (const auto* attributes = std::get_if<Attributes>(&answer)) {
    attributes_until_ = clock_.steady() + attributes->timeout;
    read_pages();
  } else if (std::get<Errno>(answer) == Errno{ESTALE} && tries < kMostTries) {
    look_up(process, tries + 1);
  } else {
    ++failed_;
  }
}

void KernelModel::retry_waiting() {
  for (const auto& [process, waiting] : std::exchange(waiting_, {})) {
    inode_ = waiting.inode;
    ask(process, waiting.tries);
  }
  if (waiting_.empty()) filesystem_.nobody_parked();
}

void KernelModel::read_pages() {
  if (pages_ != inode_) {
    ++requests_;
    if (!std::holds_alternative<std::string_view>(filesystem_.read(inode_))) {
      ++failed_;
      return;
    }
    pages_ = inode_;
  }
  ++reads_;
}

}  // namespace ramrolefs::bench
