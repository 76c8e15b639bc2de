// SPDX-License-Identifier: Apache-2.0
#include "fusefs/server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include "common/log.h"
#include "fusefs/processes.h"
#include "fusefs/snapshot.h"

namespace ramrolefs {
namespace {

// So that a flood of requests holds up neither the end of a flight nor that of the worker.
constexpr int kMostAtOnce = 64;

// Of workers, while they read what generations there are: then those are given up.
constexpr std::uint32_t kMostDeaths = 3;

/// Takes what a descriptor that counts events has to tell: an eventfd, a timerfd.
void drain(const FileDescriptor& descriptor) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor.get(), &count, sizeof count);
}

void count_one(const FileDescriptor& eventfd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(eventfd.get(), &one, sizeof one);
}

timespec to_timespec(SteadyTime time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), (since - seconds).count()};
}

/// Whether somebody may be shown the region, and it has to be asked for.
bool wants_region(const Filesystem::Options& options) {
  const auto shown = [](const Contents& contents) { return contents.shows("config.json", false); };
  return options.region.empty() &&
         (!options.templates.empty() || shown(options.root) ||
          std::any_of(options.views.begin(), options.views.end(),
                      [&](const ViewOptions& view) { return shown(view.contents); }));
}

MetadataClient::Options client_options(const Server::Options& options) {
  MetadataClient::Options client = options.client;
  client.asks_region = wants_region(options.filesystem);
  return client;
}

}  // namespace

Server::Server(const Options& options, const Descriptors& descriptors, const Clock& clock,
               MetadataTransport& transport, SharedMemory& memory)
    : descriptors_(descriptors),
      memory_(memory),
      landed_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)),
      clock_(clock),
      generations_(memory.generations()),
      filesystem_(options.filesystem, clock, generations_, memory.frozen().generations,
                  [this] { flight_.take_off(); }),
      served_{filesystem_, parking_, [] {}},
      orders_(descriptors.orders),
      client_(transport, clock, client_options(options)),
      flight_(client_, transport, options.filesystem.refresh.timeout,
              [this] { count_one(landed_); }) {
  if (options.filesystem.audit) served_.audit = &audit_.emplace();
  filesystem_.set_outside([this] {
    const Vitals& vitals = memory_.frozen().vitals;
    return Filesystem::Outside{vitals.takeovers, vitals.replayed, parking_.size()};
  });
}

bool Server::run(std::function<void()> serves) {
  served_.ready = std::move(serves);
  restore();
  session_ =
      std::make_unique<Session>(memory_.frozen(), descriptors_.device, served_, [this] { keep(); });
  if (!landed_.valid() || !timer_.valid() || !session_->good()) {
    log::error("too many open files, or no memory");
    return false;
  }
  session_->take_over();
  answer_interrupted();
  serve();
  if (abandoned_) return false;
  release();
  filesystem_.wipe();
  tell_left_out(SteadyTime::max());
  return true;
}

/// What the one before it has left in the shared memory: up to the last reply that it gave.
void Server::restore() {
  Vitals& vitals = memory_.frozen().vitals;
  const auto snapshot = memory_.snapshot();
  SnapshotReader reader(vitals.restores++ < kMostDeaths ? snapshot : snapshot.first(0));
  if (!filesystem_.restore(reader) && !snapshot.empty()) {
    log::warning("what was in hand can't be taken over: it is fetched anew");
  }
  vitals.restores = 0;
  if (audit_ && vitals.takeovers != 0) {
    log::info("another worker sees the opens now: what the one before it left out is not counted");
  }
  const SteadyTime ended{std::chrono::nanoseconds(vitals.without_since.exchange(0))};
  const bool known = ended != SteadyTime();
  filesystem_.resume(known ? std::max(clock_.steady() - ended, Duration::zero())
                           : Duration::zero());
}

/// Whatever has changed is in the shared memory before anybody is told of it, the kernel or the
/// announcer.
void Server::keep() {
  if (filesystem_.changes() == kept_changes_) return;
  kept_changes_ = filesystem_.changes();
  SnapshotWriter writer(memory_.next_snapshot());
  filesystem_.save(writer);
  if (!writer.full()) memory_.set_snapshot(writer.size());
}

void Server::serve() {
  std::atomic<std::uint64_t>& turns = memory_.frozen().vitals.turns;
  turns |= 1U;  // odd: there is something to do
  std::array<pollfd, 5> events{{{descriptors_.device, POLLIN, 0},
                                {landed_.get(), POLLIN, 0},
                                {timer_.get(), POLLIN, 0},
                                {descriptors_.control, POLLIN, 0},
                                {orders_.descriptor(), POLLIN, 0}}};
  // Before it waits for the first time: what it has taken over may have waited long.
  for (auto& event : events) event.revents = POLLIN;
  while (turn(events)) {
    ++turns;
    if (poll(events.data(), events.size(), -1) < 0 && errno != EINTR) {
      log::warning("poll: {}", std::strerror(errno));
      return;
    }
    ++turns;
  }
}

/// What has come about. Returns whether to go on.
bool Server::turn(const std::array<pollfd, 5>& events) {
  const auto& [request, landing, timer, control, answer] = events;
  try {
    look_for_announcer();
    if (answer.revents != 0) hear();
    if (timer.revents != 0) wake();
    if (landing.revents != 0) land();
    // Before new requests: who was parked first is told first.
    if (landing.revents != 0 || timer.revents != 0) look_after_parked();
    if (request.revents != 0 && !take_requests()) return false;
    const auto renames = filesystem_.to_announce();
    set_timer();
    keep();
    for (const Rename& rename : renames) orders_.give(rename);
    if (landing.revents != 0 || timer.revents != 0) tell_status();
  } catch (const std::bad_alloc&) {
    log::warning("no memory");  // the mount, and what is in hand, are worth another round
  }
  return !told_to_end(control.revents);
}

bool Server::told_to_end(short control) {
  if (control == 0) return false;
  char word = 0;
  const auto got = recv(descriptors_.control, &word, sizeof word, MSG_DONTWAIT);
  abandoned_ = got == 0;
  return abandoned_ || (got == sizeof word && word == static_cast<char>(ControlWord::end));
}

void Server::look_for_announcer() {
  const pid_t announcer = memory_.frozen().vitals.announcer;
  if (announcer == announcer_) return;
  announcer_ = announcer;
  // Where there is none for a moment, another one will do what is to be done.
  if (announcer > 0) filesystem_.announcer_begins(announcer);
  if (announcer < 0) filesystem_.announcer_ended();
}

void Server::hear() {
  while (const auto answer = orders_.take_answer()) {
    if (answer->another) {
      filesystem_.announce_again();
      continue;
    }
    if (answer->error != 0) {
      log::debug("a rotation could not be announced: {}", std::strerror(answer->error));
    }
    filesystem_.announced(answer->generation, answer->seat);
  }
}

void Server::wake() {
  drain(timer_);
  wake_at_ = SteadyTime();
  filesystem_.tick();
  tell_left_out(clock_.steady());
}

void Server::land() {
  drain(landed_);
  auto brought = flight_.collect();
  if (!brought) return;
  try {
    filesystem_.landed(std::move(*brought));
  } catch (const std::bad_alloc&) {
    filesystem_.landed(tl::unexpected(Failure{Cause::local, "no memory"}));
  }
}

/// Returns whether there is still a filesystem.
bool Server::take_requests() {
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto took = session_->take();
    answer_interrupted();
    if (took != Session::Took::request) return took != Session::Took::end;
  }
  return true;
}

void Server::answer_interrupted() {
  for (const auto& reader : parking_.take_interrupted()) {
    fuse_reply_err(reader.request, static_cast<int>(filesystem_.interrupted(reader.caller)));
  }
}

void Server::look_after_parked() {
  parking_.take_if([&](const auto& reader) { return answer_parked(filesystem_, reader); });
  if (parking_.empty()) filesystem_.nobody_parked();
}

void Server::set_timer() {
  if (parking_.empty()) filesystem_.nobody_parked();
  auto next = filesystem_.wake_at(!parking_.empty());
  const auto audits = audit_ ? audit_->wake_at() : std::nullopt;
  if (audits) next = std::min(next.value_or(*audits), *audits);
  const SteadyTime wake_at = next.value_or(SteadyTime());
  if (wake_at == wake_at_) return;
  wake_at_ = wake_at;
  const itimerspec when{{}, to_timespec(wake_at)};  // zero disarms it
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Server::tell_left_out(SteadyTime now) {
  if (!audit_) return;
  for (const auto& left_out : audit_->take_left_out(now)) {
    const std::string user = std::to_string(left_out.user);
    log::event(log::Level::info, "open",
               {{"RAMROLEFS_PROGRAM", left_out.program}, {"RAMROLEFS_UID", user}},
               "open: program=\"{}\" uid={} left_out={}", left_out.program, user, left_out.count);
  }
}

/// The monitor passes it on.
void Server::tell_status() {
  std::string status = filesystem_.summary();
  if (status == told_) return;
  told_ = std::move(status);
  StatusLine& line = memory_.frozen().status;
  const std::size_t size = std::min(told_.size(), line.text.size() - 1);
  std::copy_n(told_.begin(), size, line.text.begin());
  line.text[size] = '\0';
  ++line.changes;
}

void Server::release() {
  parking_.take_if([](const auto& reader) {
    fuse_reply_err(reader.request, ECANCELED);
    return true;
  });
}

}  // namespace ramrolefs
