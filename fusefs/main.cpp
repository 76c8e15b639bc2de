// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "common/clock.h"
#include "common/curl_transport.h"
#include "common/log.h"
#include "fusefs/announcer.h"
#include "fusefs/commands.h"
#include "fusefs/daemon.h"
#include "fusefs/mount.h"
#include "fusefs/mount_point.h"
#include "fusefs/options.h"
#include "fusefs/paths.h"
#include "fusefs/restart.h"
#include "fusefs/server.h"
#include "fusefs/service_manager.h"
#include "fusefs/unit_drop_ins.h"

namespace ramrolefs {
namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "ramrolefs: %s\n", why.c_str());
  if (log::in_syslog()) log::write(log::Level::error, why);  // nobody may be there to see the other
  return 1;
}

/// Serves until a signal comes or somebody unmounts; nothing if that is to be done anew.
std::optional<int> serve(const Options& options, const MountPoint& mount_point, Daemon& daemon,
                         const Restart& restart) {
  Announcer announcer;
  const SystemClock clock;
  CurlTransport transport(options.metadata_url);
  ServiceManager manager;
  Server server(options.server, clock, transport, manager);
  if (!server.good()) return fail("too many open files, or no memory");
  auto& served = server.served([&] {
    log::info("mounted on {}, credentials from {}", mount_point.path(), options.metadata_url);
    manager.status("no credential was fetched yet");
    manager.ready();
    daemon.ready();
  });
  auto mount = Mount::make(mount_point.path(), {options.source, options.kernel_options}, served);
  if (!mount) return fail(mount.error());
  if (auto clone = mount->take_clone(); clone.valid()) {
    announcer.work_in(std::move(clone));
  } else if (geteuid() != 0) {
    announcer.work_in(mount->directory());
  } else {
    announcer.end();
  }
  // A terminal says by SIGHUP that it is gone.
  const bool on_terminal = options.foreground && isatty(STDERR_FILENO) != 0;
  const auto end =
      server.run(*mount, announcer, [&] { return on_terminal || restart.possible(options); });
  const bool again = end == Server::End::restart && !on_terminal;
  again ? manager.reloading() : manager.stopping();
  server.release();
  mount->unmount();
  log::info("unmounted {}{}", mount_point.path(), again ? ", to mount it anew" : "");
  return again ? std::nullopt : std::optional(0);
}

std::optional<int> mount_and_serve(const Options& options, const Restart& restart) {
  Daemon daemon;
  if (!options.foreground) {
    if (const auto status = daemon.detach()) return *status;
  }
  const bool to_syslog = !options.foreground && !standard_error_is_file();
  log::start(to_syslog ? log::Sink::syslog : log::Sink::standard_error, options.log_level);
  const auto mount_point = MountPoint::prepare(options.mount_point);
  if (!mount_point) return fail(mount_point.error());
  if (!options.foreground && chdir("/") != 0) return fail("can't change to /");
  return serve(options, *mount_point, daemon, restart);
}

int run(const Options& options, const Restart& restart) {
  if (options.fake) return 0;
  const auto status = mount_and_serve(options, restart);
  if (!status) restart.now();
  constexpr int kMountFailed = 32;  // mount(8), EXIT STATUS
  const int ended = status.value_or(1);
  return options.by_mount && ended != 0 ? kMountFailed : ended;
}

}  // namespace
}  // namespace ramrolefs

int main(int count, char** words) {
  try {
    ramrolefs::Daemon::guard_process();
    if (ramrolefs::is_generator(words[0])) {
      return ramrolefs::write_unit_drop_ins(ramrolefs::kConfiguration, count > 1 ? words[1] : ".");
    }
    if (const auto status = ramrolefs::run_command(count, words)) {
      // At once: a thread of it may hang in the kernel, beside which nothing can be torn down.
      std::fflush(nullptr);
      std::_Exit(*status);
    }
    const ramrolefs::Restart restart(count, words);
    const auto options = ramrolefs::read_options(count, words);
    if (const auto* exit = std::get_if<ramrolefs::Exit>(&options)) {
      std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
      return exit->status;
    }
    return ramrolefs::run(std::get<ramrolefs::Options>(options), restart);
  } catch (const std::exception& error) {
    return ramrolefs::fail(error.what());
  }
}
