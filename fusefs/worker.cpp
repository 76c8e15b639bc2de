// SPDX-License-Identifier: Apache-2.0
#include "fusefs/worker.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "common/clock.h"
#include "common/curl_transport.h"
#include "common/log.h"
#include "common/memory_lock.h"
#include "fusefs/call.h"
#include "fusefs/confinement.h"
#include "fusefs/daemon.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/identity.h"
#include "fusefs/options_in_force.h"
#include "fusefs/proc.h"
#include "fusefs/processes.h"
#include "fusefs/server.h"
#include "fusefs/shared_memory.h"

namespace ramrolefs {
namespace {

bool tell(ControlWord word) {
  return send(kControl, &word, sizeof word, MSG_NOSIGNAL) == sizeof word;
}

bool wait_for_go() {
  char word = 0;
  return recv(kControl, &word, sizeof word, 0) == sizeof word &&
         word == static_cast<char>(ControlWord::go);
}

void start_log(const Options& options) {
  log::start(log_sink(options.foreground), options.log_level);
}

/// The call by which the mount was made, with its options as they are to be from now on; nothing,
/// with a line in the log, where those of now would not do.
std::optional<Call> find_call(const SharedMemory& memory, Origin origin) {
  auto call = Call::from_image(memory.options());
  if (!call) {
    log::warning("the options in force can't be read");
    return std::nullopt;
  }
  start_log(call->options());
  if (origin == Origin::in_force) return call;
  if (const std::string wrong = call->read_anew(); !wrong.empty()) {
    log::warning("SIGHUP: {}; all goes on as it was", wrong);
    return std::nullopt;
  }
  start_log(call->options());
  return call;
}

/// Gives up all that is not needed any more. What is locked here stays so.
tl::expected<void, std::string> close_in(pid_t parent, const Vitals& vitals) {
  const auto identity = Identity::find();
  if (!identity) return tl::unexpected(identity.error());
  if (!lock_memory() && vitals.takeovers == 0) {
    log::warning(
        "what is on the way to the files may get into swap: RLIMIT_MEMLOCK is not infinite");
  }
  return confine_worker({*identity, parent, vitals.oom_score_adj}, open_proc());
}

int serve(SharedMemory& memory, const Call& call, pid_t parent) {
  const Options& options = call.options();
  const SystemClock clock;
  CurlTransport transport(options.metadata_url, call.addresses());
  if (!options.foreground) give_up_terminal();
  if (const auto closed = close_in(parent, memory.frozen().vitals); !closed) {
    log::error("the worker can't be closed in: {}", closed.error());
    return kCantBegin;
  }
  if (!tell(ControlWord::ready) || !wait_for_go()) return kCantBegin;
  memory.set_options(call.image());
  Server::Options with = options.server;
  with.filesystem.in_force = options_in_force(options);
  Server server(with, {kDevice, kControl, kOrders}, clock, transport, memory);
  return server.run([] { tell(ControlWord::serves); }) ? kFilesystemGone : kCantBegin;
}

}  // namespace

bool is_worker(const char* name) {
  return name == kWorkerName;
}

int work(int count, const char* const* words) {
  const pid_t parent = getppid();
  prctl(PR_SET_NAME, "worker");
  const bool anew = count > 2 && words[2] == kOriginWords[1];
  log::start(log::Sink::standard_error, log::Level::info);
  auto memory = SharedMemory::open(FileDescriptor(kMemory), SharedMemory::Part::all);
  if (!memory) {
    log::error("the shared memory can't be mapped");
    return kCantBegin;
  }
  const auto call = find_call(*memory, anew ? Origin::anew : Origin::in_force);
  if (!call) return kWrongOptions;
  return serve(*memory, *call, parent);
}

}  // namespace ramrolefs
