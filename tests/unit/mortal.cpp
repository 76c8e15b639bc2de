// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/mortal.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ramrolefs::unit {

Mortal::Mortal(Filesystem::Options options, const Clock& clock, MountMemory& memory,
               std::function<void()> take_off)
    : options_(std::move(options)),
      clock_(clock),
      memory_(memory),
      take_off_(std::move(take_off)),
      kill_(kill_when()) {
  begin(options_);
}

Mortal::Kill Mortal::kill_when() {
  const char* word = std::getenv("RAMROLEFS_TEST_KILL");
  if (word == nullptr) return Kill::never;
  const std::string when = word;
  EXPECT_TRUE(when == "before" || when == "replay" || when == "lost") << when;
  return when == "before" ? Kill::before : when == "replay" ? Kill::replay : Kill::lost;
}

void Mortal::begin(const Filesystem::Options& options) {
  filesystem_.emplace(options, clock_, memory_.generations, memory_.counter, [this] {
    if (!doomed_) take_off_();
  });
}

std::vector<std::byte> Mortal::snapshot() const {
  static std::vector<std::byte> memory(Filesystem::kLargestSnapshot);
  SnapshotWriter writer(memory);
  filesystem_->save(writer);
  EXPECT_FALSE(writer.full());
  return {memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(writer.size())};
}

bool Mortal::take_over(std::vector<std::byte> snapshot, std::optional<Filesystem::Options> options,
                       Duration outage) {
  if (options) options_ = std::move(*options);
  begin(options_);
  SnapshotReader reader(snapshot);
  const bool read = filesystem_->restore(reader);
  doomed_ = true;  // a flight that goes on is none more
  filesystem_->resume(outage);
  doomed_ = false;
  return read;
}

void Mortal::must_take_over(std::vector<std::byte> snapshot) {
  EXPECT_TRUE(take_over(std::move(snapshot)));
}

void Mortal::must_be_the_same(const std::vector<std::byte>& before) const {
  EXPECT_EQ(before, snapshot()) << "it has changed, and nobody is told";
}

void seal(std::vector<std::byte>& snapshot) {
  const auto body = std::span(snapshot).first(snapshot.size() - sizeof(std::uint64_t));
  const std::uint64_t checksum = checksum_of(body);
  std::memcpy(snapshot.data() + body.size(), &checksum, sizeof checksum);
}

}  // namespace ramrolefs::unit
