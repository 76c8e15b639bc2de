// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include "common/log.h"
#include "fusefs/call.h"
#include "fusefs/commands.h"
#include "fusefs/daemon.h"
#include "fusefs/launch.h"
#include "fusefs/options.h"
#include "fusefs/paths.h"
#include "fusefs/unit_drop_ins.h"
#include "fusefs/worker.h"

namespace ramrolefs {
namespace {

void print(const Exit& exit) {
  std::fputs(exit.text.c_str(), exit.status == 0 ? stdout : stderr);
}

std::variant<Call, Exit> read_call(int count, char** words) {
  auto options = read_options(count, words);
  if (auto* exit = std::get_if<Exit>(&options)) return std::move(*exit);
  Call call(count, words, std::get<Options>(std::move(options)));
  if (const std::string wrong = call.look_up(); !wrong.empty()) {
    return Exit{1, "ramrolefs: " + wrong + "\n"};
  }
  return call;
}

int mount(const Call& call, Kept kept) {
  const Options& options = call.options();
  if (options.fake) return 0;
  Daemon daemon;
  if (!options.foreground) {
    if (const auto status = daemon.detach()) return *status;
  }
  const int status = launch(call, std::move(kept), daemon);
  constexpr int kMountFailed = 32;  // mount(8), EXIT STATUS
  return options.by_mount && status != 0 ? kMountFailed : status;
}

int run(int count, char** words) {
  Daemon::guard_process();
  if (is_worker(words[0])) return work(count, words);
  if (is_generator(words[0])) {
    return write_unit_drop_ins(kConfiguration, count > 1 ? words[1] : ".");
  }
  if (const auto status = run_command(count, words)) {
    // At once: a thread of it may hang in the kernel, beside which nothing can be torn down.
    std::fflush(nullptr);
    std::_Exit(*status);
  }
  Kept kept = take_kept();
  auto call = read_call(count, words);
  if (const auto* call_now = std::get_if<Call>(&call)) return mount(*call_now, std::move(kept));
  const auto& exit = std::get<Exit>(call);
  // What a predecessor has mounted must not go for a mistake in a file.
  const auto before = exit.status != 0 ? call_of(kept) : std::nullopt;
  print(exit);
  return before ? mount(*before, std::move(kept)) : exit.status;
}

}  // namespace
}  // namespace ramrolefs

int main(int count, char** words) {
  try {
    return ramrolefs::run(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ramrolefs: %s\n", error.what());
    return 1;
  }
}
