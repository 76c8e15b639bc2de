// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sweeps_simulation.h"

#include <algorithm>

#include "fusefs/served_files.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {
namespace {

using namespace std::chrono_literals;

// That of a `cat` by the time it asks.
constexpr Duration kYoung = 2ms;

static_assert(kStart.time_since_epoch() % Simulation::kRotation == 0s);

Place place_of(char name) {
  return Place(static_cast<int>(kAccessKeyId) + (name - 'A'));
}

GenerationId newest_at(SteadyTime now) {
  return GenerationId(static_cast<std::uint64_t>(now.time_since_epoch() / Simulation::kRotation));
}

/// When something newer than that generation came about.
SteadyTime over_at(GenerationId generation) {
  return SteadyTime(Simulation::kRotation * (static_cast<Duration::rep>(generation) + 1));
}

}  // namespace

Simulation::Simulation(const Habit& habit, unsigned seed)
    : habit_(habit), random_(seed), now_(kStart) {
  const pid_t session = ++last_pid_;
  for (std::size_t i = 0; i < static_cast<std::size_t>(habit.readers); ++i) {
    // The process of them all, or the shell of each.
    const bool one_process = habit.who == Who::threads || habit.who == Who::pools;
    const pid_t process = one_process ? session : ++last_pid_;
    readers_.push_back({{process, 1, process, session, 1h}, std::string(habit.set)});
    turns_.push({now_ + some({0s, 1s}), i});
  }
}

Seen Simulation::run(int rotations) {
  for (const SteadyTime end = now_ + rotations * kRotation; turns_.top().first < end;) {
    const auto [at, reader] = turns_.top();
    turns_.pop();
    now_ = at;
    turns_.push({now_ + take_turn(readers_[reader]), reader});
  }
  return seen_;
}

/// One LOOKUP. How long it is until the next one.
Duration Simulation::take_turn(Reader& reader) {
  if (reader.name == 0 && habit_.who == Who::pools) {
    std::shuffle(reader.set.begin(), reader.set.end(), random_);
  }
  const GenerationId generation = lookup(reader);
  seen_.held = std::max(seen_.held, now_ - over_at(generation));
  if (reader.name == 0) reader.first = generation;
  reader.torn = reader.torn || generation != reader.first;
  if (++reader.name < reader.set.size()) return some(habit_.gap);
  ++seen_.sets;
  if (reader.torn) ++seen_.torn;
  reader.torn = false;
  reader.name = 0;
  return some(habit_.pause);
}

/// As the filesystem does it: outside of the windows there is no bookkeeping at all.
GenerationId Simulation::lookup(const Reader& reader) {
  const GenerationId newest = newest_at(now_);
  if (const auto at = sweeps_.clean_up_at(); at && now_ >= *at) sweeps_.clean_up(now_);
  if (!in_window(newest)) return newest;
  return sweeps_.lookup(kin_of(reader), place_of(reader.set[reader.name]), newest, now_);
}

bool Simulation::in_window(GenerationId newest) {
  return now_ >= over_at(newest) - kWindow - 1s || sweeps_.older_end(newest, now_);
}

/// The caller: the reader itself, or what its shell starts.
Kin Simulation::kin_of(const Reader& reader) {
  switch (habit_.who) {
    case Who::threads:
    case Who::pools:
      break;
    case Who::scripts:
      return {++last_pid_, reader.kin.process, reader.kin.group, reader.kin.session, kYoung};
    case Who::timeout_scripts: {
      const pid_t subshell = ++last_pid_;
      const pid_t group = ++last_pid_;  // timeout(1) leads one
      return {++last_pid_, subshell, group, reader.kin.session, kYoung};
    }
  }
  return reader.kin;
}

Duration Simulation::some(Between between) {
  using Any = std::uniform_int_distribution<Duration::rep>;
  return Duration(Any(between.least.count(), between.most.count())(random_));
}

}  // namespace ramrolefs::unit
