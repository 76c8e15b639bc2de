// SPDX-License-Identifier: Apache-2.0
// A week in which 50 processes read every second, on a clock of its own: what the metadata service
// sees, and whether that is within the budget. Everything but the kernel, the network and the
// clock is the program's own code.
// Usage: week_bench [RESULTS]
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include "common/log.h"
#include "common/metadata_client.h"
#include "fusefs/filesystem.h"
#include "tests/bench/budget.h"
#include "tests/bench/kernel_model.h"
#include "tests/bench/week_service.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWeek = 7 * 24h;
constexpr int kProcesses = 50;
constexpr Duration kStep = Duration(1s) / kProcesses;  // they don't all read at the same moment
constexpr Duration kFlightTakes = 50ms;

/// The machine: processes, kernel and filesystem, in front of a service of such habits.
class Week {
 public:
  explicit Week(const WeekService::Habits& habits)
      : service_(clock_, habits),
        client_(service_, clock_, {}),
        filesystem_({}, clock_, memory_, counter_, [this] { take_off(); }),
        kernel_(filesystem_, clock_) {}

  void pass() {
    const SteadyTime end = clock_.steady() + kWeek;
    for (pid_t process = 1; clock_.steady() < end; process = process % kProcesses + 1) {
      clock_.advance(kStep);
      wake();
      kernel_.read(process);
    }
  }

  const Budget& budget() const { return budget_; }
  const WeekService& service() const { return service_; }
  const KernelModel& kernel() const { return kernel_; }

 private:
  void take_off() {
    budget_.add(clock_.steady(), service_.next_expiration() - clock_.steady() <= kLastHalfHour);
    brought_ = client_.fetch(5s);
    lands_at_ = clock_.steady() + kFlightTakes;
  }

  /// What Server does between requests.
  void wake() {
    const SteadyTime now = clock_.steady();
    const bool lands = brought_ && now >= lands_at_;
    if (lands) filesystem_.landed(*std::exchange(brought_, std::nullopt));
    if (!lands && !kernel_.any_waiting()) return;
    kernel_.retry_waiting();
  }

  unit::FakeClock clock_;
  WeekService service_;
  MetadataClient client_;
  Budget budget_;
  std::optional<Result<Fetched>> brought_;
  SteadyTime lands_at_;
  AnonymousMemory generations_{GenerationMemory::size_for(Generations::kKept + 1)};
  GenerationMemory memory_{generations_.bytes()};
  GenerationCounter counter_{};
  Filesystem filesystem_;
  KernelModel kernel_;
};

struct Row {
  const char* words;
  WeekService::Habits habits;
};
constexpr Row kRows[] = {
    {"30 minutes before the Expiration", {30min}},
    {"5 minutes before", {5min}},
    {"1 minute before", {1min}},
    {"1 minute before, and fails for half an hour before that", {1min, true}},
};

std::string row_of(const char* words, const Week& week) {
  const Budget& budget = week.budget();
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", words,
                     budget.usual().all() + budget.last().all(), budget.usual().most(),
                     budget.last().most(), week.service().gets(), week.service().puts());
}

/// Whether the week was as it is promised.
bool good(const Week& week) {
  const bool fine = !week.budget().exceeded() && week.kernel().failed() == 0;
  if (!fine) std::fprintf(stderr, "out of budget, or %ld reads failed\n", week.kernel().failed());
  return fine;
}

int run(const char* results) {
  log::start(log::Sink::standard_error, log::Level::off);
  std::string table =
      "| The service renews | flights | most in an hour | most in a last half hour | GETs | PUTs "
      "|\n"
      "|---|---:|---:|---:|---:|---:|\n";
  bool fine = true;
  for (const Row& row : kRows) {
    Week week(row.habits);
    week.pass();
    table += row_of(row.words, week);
    fine &= good(week);
    std::fprintf(stderr, "%ld reads, of which %ld requests reached the daemon\n",
                 week.kernel().reads(), week.kernel().requests());
  }
  std::printf("%s", table.c_str());
  if (results != nullptr) std::ofstream(std::string(results) + "/week.md") << table;
  return fine ? 0 : 1;
}

}  // namespace
}  // namespace ramrolefs::bench

int main(int count, char** words) {
  return ramrolefs::bench::run(count > 1 ? words[1] : nullptr);
}
