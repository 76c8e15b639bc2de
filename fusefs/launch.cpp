// SPDX-License-Identifier: Apache-2.0
#include "fusefs/launch.h"

#include <fcntl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/log.h"
#include "fusefs/monitor.h"
#include "fusefs/mount.h"
#include "fusefs/mount_point.h"
#include "fusefs/service_manager.h"
#include "fusefs/shared_memory.h"

namespace ramrolefs {
namespace {

constexpr std::string_view kMountPointField = "RAMROLEFS_MOUNT_POINT";

int fail(const std::string& why) {
  std::fprintf(stderr, "ramrolefs: %s\n", why.c_str());
  if (log::in_syslog()) log::write(log::Level::error, why);  // nobody may be there to see the other
  return 1;
}

/// A mount, what its workers share, and the directory that it is on.
struct Launched {
  MountPoint mount_point;
  SharedMemory memory;
  Mount mount;
};

/// Goes on with the mount of a predecessor. Asks nothing of the filesystem, which nobody serves
/// yet.
std::optional<Launched> adopt(const Call& call, Kept kept) {
  const auto before = call_of(kept);
  if (!before) return std::nullopt;
  auto memory = SharedMemory::open(std::move(kept.memory), SharedMemory::Part::monitors);
  const Vitals& vitals = memory->frozen().vitals;
  auto mount_point = MountPoint::adopt(before->options().mount_point, vitals.created != 0);
  auto mount = Mount::found(mount_point.path(), std::move(kept.device), std::move(kept.clone),
                            vitals.mount_id);
  if (!mount) return std::nullopt;
  // To audit what was mounted without it is too late: the kernel sends no OPEN any more.
  const bool audit_is_new =
      call.options().server.filesystem.audit && !before->options().server.filesystem.audit;
  if (before->options().mount_point != call.options().mount_point || audit_is_new) {
    mount->unmount();
    return std::nullopt;
  }
  return Launched{std::move(mount_point), std::move(*memory), std::move(*mount)};
}

/// Who ends this process must not leave a mount that nobody serves: the monitor will see to it.
void block_the_end() {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigaddset(&end, SIGINT);
  sigprocmask(SIG_BLOCK, &end, nullptr);
}

tl::expected<Launched, std::string> mount_anew(const Options& options) {
  auto mount_point = MountPoint::prepare(options.mount_point);
  if (!mount_point) return tl::unexpected(mount_point.error());
  auto memory = SharedMemory::create();
  if (!memory) return tl::unexpected(std::string("no memory, or too many open files"));
  block_the_end();
  auto mount = Mount::make(mount_point->path(), {options.source, options.kernel_options});
  if (!mount) return tl::unexpected(mount.error());
  memory->frozen().vitals.mount_id = mount->id();
  memory->frozen().vitals.created = mount_point->created() ? 1 : 0;
  return Launched{std::move(*mount_point), std::move(*memory), std::move(*mount)};
}

void have_kept(const ServiceManager& manager, const Launched& launched) {
  manager.keep(launched.mount.device(), kKeptDevice);
  manager.keep(launched.memory.descriptor(), kKeptMemory);
  if (launched.mount.clone().valid()) manager.keep(launched.mount.clone().get(), kKeptClone);
}

MonitorLog::Sink monitors_sink(log::Sink sink, log::Level level) {
  if (level > log::Level::warning) return MonitorLog::Sink::none;
  return sink == log::Sink::syslog ? MonitorLog::Sink::syslog : MonitorLog::Sink::standard_error;
}

std::string own_program() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

/// The kernel is not to take the monitor when memory is short, but its worker.
void be_spared(Vitals& vitals) {
  int score = 0;
  std::ifstream("/proc/self/oom_score_adj") >> score;
  vitals.oom_score_adj = std::max(score, 0);
  if (geteuid() != 0) return;
  const FileDescriptor own(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kNever = "-1000";
  [[maybe_unused]] const auto written = write(own.get(), kNever.data(), kNever.size());
}

/// How the monitor is to go about it.
Monitor::Options monitoring_of(const Options& options, const Identity& identity, bool adopted) {
  Monitor::Options monitoring;
  monitoring.program = own_program();
  monitoring.identity = identity;
  monitoring.adopted = adopted;
  monitoring.without = options.server.filesystem.refresh.timeout + std::chrono::seconds(1);
  // A terminal says by SIGHUP that it is gone.
  monitoring.hangup_is_end = options.foreground && isatty(STDERR_FILENO) != 0;
  return monitoring;
}

int watch_over(Launched launched, const Options& options, const Monitor::Options& monitoring,
               const ServiceManager& manager, Daemon& daemon, const MonitorLog& log) {
  if (!monitoring.adopted) have_kept(manager, launched);
  Monitor monitor(monitoring, launched.mount, launched.memory, manager, log, [&] {
    log::event(log::Level::info, "mounted", {{kMountPointField, launched.mount_point.path()}},
               "mounted on {}, credentials from {}", launched.mount_point.path(),
               options.metadata_url);
    manager.tell("STATUS=no credential was fetched yet");
    daemon.ready();
  });
  be_spared(launched.memory.frozen().vitals);
  // For the worker: the dynamic linker, where it binds late, saves registers that may hold a
  // secret.
  setenv("LD_BIND_NOW", "1", 1);
  const int status = monitor.run();
  if (status == 0) {
    log::event(log::Level::info, "unmounted", {{kMountPointField, launched.mount_point.path()}},
               "unmounted {}", launched.mount_point.path());
  }
  return status;
}

}  // namespace

Kept take_kept() {
  Kept kept;
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(/*unset_environment=*/1, &names);
  if (count > 0) block_the_end();
  for (int i = 0; i < count; ++i) {
    FileDescriptor descriptor(SD_LISTEN_FDS_START + i);
    fcntl(descriptor.get(), F_SETFD, FD_CLOEXEC);
    const std::string_view name = names[i];
    FileDescriptor* place = name == kKeptDevice   ? &kept.device
                            : name == kKeptMemory ? &kept.memory
                            : name == kKeptClone  ? &kept.clone
                                                  : nullptr;
    if (place != nullptr) *place = std::move(descriptor);
    std::free(names[i]);
  }
  std::free(names);
  return kept;
}

std::optional<Call> call_of(const Kept& kept) {
  if (!kept.device.valid() || !kept.memory.valid()) return std::nullopt;
  FileDescriptor copy(fcntl(kept.memory.get(), F_DUPFD_CLOEXEC, 0));
  const auto memory = SharedMemory::open(std::move(copy), SharedMemory::Part::monitors);
  return memory ? Call::from_image(memory->options()) : std::nullopt;
}

int launch(const Call& call, Kept kept, Daemon& daemon) {
  const Options& options = call.options();
  const log::Sink sink = log_sink(options.foreground);
  log::start(sink, options.log_level);
  const auto identity = Identity::find();
  if (!identity) return fail(identity.error());
  const ServiceManager manager;
  auto launched = adopt(call, std::move(kept));
  const bool adopted = launched.has_value();
  if (adopted) {
    log::info("goes on with {}, which a predecessor has mounted", launched->mount_point.path());
  } else {
    // What is in the store is of no use any more; and a mount that it keeps alive, which nobody
    // serves, would hold up whoever looks at the mount point.
    manager.keep_nothing();
    auto made = mount_anew(options);
    if (!made) return fail(made.error());
    launched.emplace(std::move(*made));
  }
  launched->memory.set_options(call.image());
  if (!options.foreground && chdir("/") != 0) return fail("can't change to /");
  return watch_over(std::move(*launched), options, monitoring_of(options, *identity, adopted),
                    manager, daemon, MonitorLog(monitors_sink(sink, options.log_level)));
}

}  // namespace ramrolefs
