// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusefs/sweeps.h"

namespace ramrolefs::unit {

/// Who the readers of a kind are, by which Sweeps knows which of their LOOKUPs belong together.
enum class Who {
  threads,          // of one process
  pools,            // of one process, whose threads read the names of a set in any order
  scripts,          // in one session, with a `cat` for each name
  timeout_scripts,  // in one session, with `$(timeout 5 cat NAME | tr -d …)` for each name
};

/// At random, `least` to `most`.
struct Between {
  Duration least;
  Duration most;
};

/// What a reader does, over and over: it asks for the names of its set, and pauses.
struct Habit {
  Who who;
  int readers;
  std::string_view set;  // A for AccessKeyId, B and C for two others
  Between gap;           // from one name to the next
  Between pause;         // from one set to the next
};

/// What became of them.
struct Seen {
  int sets = 0;
  int torn = 0;     // of more than one generation
  Duration held{};  // at most, on a generation that was not the newest any more
};

/// Readers of one kind, and a new generation each kRotation, in the order of their time.
class Simulation {
 public:
  static constexpr Duration kRotation = std::chrono::seconds(80);
  static constexpr Duration kWindow = std::chrono::seconds(5);

  Simulation(const Habit& habit, unsigned seed);

  Seen run(int rotations);

  const Sweeps& sweeps() const { return sweeps_; }
  /// Forgets what is over one window after the run.
  void clean_up() { sweeps_.clean_up(now_ + kWindow); }

 private:
  struct Reader {
    Kin kin;
    std::string set;
    std::size_t name = 0;
    GenerationId first{};  // of the present set
    bool torn = false;
  };
  using Turn = std::pair<SteadyTime, std::size_t>;  // of which reader

  Duration some(Between between);
  Kin kin_of(const Reader& reader);
  bool in_window(GenerationId newest);
  GenerationId lookup(const Reader& reader);
  Duration take_turn(Reader& reader);

  Habit habit_;
  std::mt19937 random_;
  pid_t last_pid_ = 1000;
  std::vector<Reader> readers_;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
  SteadyTime now_;
  Sweeps sweeps_{kWindow};
  Seen seen_;
};

}  // namespace ramrolefs::unit
