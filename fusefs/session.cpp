// SPDX-License-Identifier: Apache-2.0
#include "fusefs/session.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "common/log.h"

namespace ramrolefs {
namespace {

constexpr std::uint32_t kMostDeaths = 3;

// Newer than the headers of Debian 12: FUSE_REQUEST_TIMEOUT (Linux 6.16), the place of its value.
constexpr std::uint32_t kRequestTimeout = 1U << 10U;  // of flags2: bit 42
constexpr std::size_t kRequestTimeoutAt = 40;         // in fuse_init_out: after max_stack_depth

void log_of_libfuse(fuse_log_level level, const char* form, va_list arguments) {
  std::array<char, 512> line{};
  vsnprintf(line.data(), line.size(), form, arguments);
  std::string_view text(line.data());
  if (text.ends_with('\n')) text.remove_suffix(1);
  log::write(level <= FUSE_LOG_WARNING ? log::Level::warning : log::Level::debug, text);
}

fuse_session* make_session(Served& served) {
  fuse_set_log_func(log_of_libfuse);
  std::string program = "ramrolefs";
  std::array<char*, 1> words{program.data()};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  fuse_session* session =
      fuse_session_new(&arguments, &kFuseOperations, sizeof kFuseOperations, &served);
  fuse_opt_free_args(&arguments);  // libfuse has put a list of its own there
  return session;
}

ssize_t size_of(const iovec* parts, int count) {
  ssize_t size = 0;
  for (int i = 0; i < count; ++i) size += static_cast<ssize_t>(parts[i].iov_len);
  return size;
}

/// Asks the kernel to let requests wait as long as ours may, whatever the machine's default is
/// (fs.fuse.default_request_timeout), where it offers that.
void ask_for_time(const InitExchange& init, char* reply, std::size_t size) {
  fuse_init_in in{};
  fuse_init_out out{};
  std::memcpy(&in, init.request.data() + sizeof(fuse_in_header), sizeof in);
  if (size < sizeof(fuse_out_header) + sizeof out) return;
  const bool extended = (in.flags & FUSE_INIT_EXT) != 0 && (in.flags2 & kRequestTimeout) != 0;
  if (!extended) return;
  constexpr std::uint16_t kSeconds = 600;  // --timeout is 60 at most
  std::memcpy(&out, reply + sizeof(fuse_out_header), sizeof out);
  out.flags |= FUSE_INIT_EXT;
  out.flags2 |= kRequestTimeout;
  std::memcpy(reply + sizeof(fuse_out_header), &out, sizeof out);
  std::memcpy(reply + sizeof(fuse_out_header) + kRequestTimeoutAt, &kSeconds, sizeof kSeconds);
}

}  // namespace

Session::Session(Frozen& frozen, int device, Served& served, std::function<void()> before_reply)
    : frozen_(frozen),
      before_reply_(std::move(before_reply)),
      session_(make_session(served), fuse_session_destroy),
      journal_(frozen),
      buffer_{},
      device_(device) {
  fuse_custom_io io{};
  io.writev = [](int, iovec* parts, int count, void* self) {
    return static_cast<Served*>(self)->session->reply(parts, count);
  };
  io.read = [](int, void*, std::size_t, void*) -> ssize_t {
    errno = EIO;  // never called: requests are given to libfuse one by one
    return -1;
  };
  served.session = this;
  const int own = fcntl(device_, F_DUPFD_CLOEXEC, 0);  // libfuse closes it
  if (session_ && fuse_session_custom_io(session_.get(), &io, own) != 0) session_.reset();
}

Session::Took Session::take() {
  const auto received = journal_.receive(device_, buffer_);
  if (received.size == 0) return Took::end;
  if (received.size < 0) {
    if (received.size == -EAGAIN) return Took::nothing;
    // ENOENT: the one who asked has gone meanwhile.
    if (received.size != -ENOENT && received.size != -EINTR) {
      log::warning("a request can't be read: {}", std::strerror(static_cast<int>(-received.size)));
      return Took::nothing;
    }
    return Took::request;
  }
  ++frozen_.vitals.received;
  handle(received.place, static_cast<std::size_t>(received.size));
  return Took::request;
}

void Session::handle(Journal::Place place, std::size_t size) {
  const fuse_in_header header = header_of(journal_[place]);
  if (header.opcode == FUSE_INIT) {
    InitExchange& init = frozen_.init;
    std::copy_n(buffer_.begin(), std::min(size, init.request.size()), init.request.begin());
    init.request_size = static_cast<std::uint32_t>(std::min(size, init.request.size()));
  }
  if (header.opcode == FUSE_INTERRUPT) note_interrupt(place);
  if (place == Journal::kLast && !wants_no_reply(header.opcode)) return refuse(place, ENOMEM);
  frozen_.vitals.handling = place + 1;
  give(buffer_.data(), size);
  frozen_.vitals.handling = 0;
  if (!wants_no_reply(header.opcode)) return;
  before_reply_();
  journal_.free(place);
}

/// Of an INTERRUPT that is forgotten before its target knows of it, nobody would hear any more.
void Session::note_interrupt(Journal::Place place) {
  fuse_interrupt_in interrupt{};
  std::memcpy(&interrupt, journal_[place].request.data() + sizeof(fuse_in_header),
              sizeof interrupt);
  const auto target = journal_.find(interrupt.unique);
  if (target <= Journal::kLast) journal_[target].interrupted = 1;
}

void Session::give(const void* request, std::size_t size) {
  fuse_buf buffer{};
  buffer.size = size;
  buffer.mem = const_cast<void*>(request);  // libfuse changes nothing in it
  fuse_session_process_buf(session_.get(), &buffer);
}

void Session::refuse(Journal::Place place, int error) {
  reply_with_error(device_, header_of(journal_[place]).unique, error);
  journal_.free(place);
}

void Session::take_over() {
  const std::uint32_t handled = frozen_.vitals.handling.exchange(0);
  if (handled != 0) ++journal_[handled - 1].deaths;
  if (frozen_.init.request_size != 0) play_init();
  for (auto place = journal_.next_used(0); place <= Journal::kLast;
       place = journal_.next_used(place + 1)) {
    if (header_of(journal_[place]).opcode == FUSE_INTERRUPT) {
      note_interrupt(place);
      journal_.free(place);
    }
  }
  for (auto place = journal_.next_used(0); place <= Journal::kLast;
       place = journal_.next_used(place + 1)) {
    ++frozen_.vitals.replayed;
    handle_again(place);
  }
}

void Session::handle_again(Journal::Place place) {
  Slot& slot = journal_[place];
  const fuse_in_header header = header_of(slot);
  if (slot.deaths >= kMostDeaths) {
    log::warning("{} workers have died of one request (operation {}): it is answered with EIO",
                 slot.deaths.load(), header.opcode);
    return refuse(place, EIO);
  }
  if (header.len > slot.request.size()) return refuse(place, EROFS);  // it was cut
  std::copy(slot.request.begin(), slot.request.end(), buffer_.begin());
  const bool interrupted = slot.interrupted != 0;
  handle(place, header.len);
  if (!interrupted) return;
  struct {
    fuse_in_header header;
    fuse_interrupt_in interrupt;
  } again{{sizeof again, FUSE_INTERRUPT, header.unique | 1U, 0, 0, 0, 0, 0, 0}, {header.unique}};
  give(&again, sizeof again);
}

/// If the first session's reply got through is known by its slot: in use, it did not, or nobody
/// knows.
void Session::play_init() {
  InitExchange& init = frozen_.init;
  fuse_in_header header{};
  std::memcpy(&header, init.request.data(), sizeof header);
  const auto place = journal_.find(header.unique);
  swallowed_ = header.unique;
  std::copy_n(init.request.begin(), init.request_size.load(), buffer_.begin());
  give(buffer_.data(), init.request_size);
  swallowed_ = 0;
  if (place > Journal::kLast) return;
  [[maybe_unused]] const auto written = write(device_, init.reply.data(), init.reply_size);
  journal_.free(place);
}

/// Returns how much there is to be written.
ssize_t Session::keep_init_reply(const iovec* parts, int count) {
  InitExchange& init = frozen_.init;
  if (init.reply_size != 0) return init.reply_size;  // every session agrees on the same
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t part = std::min(parts[i].iov_len, init.reply.size() - size);
    std::copy_n(static_cast<const char*>(parts[i].iov_base), part, init.reply.begin() + size);
    size += part;
  }
  ask_for_time(init, init.reply.data(), size);
  init.reply_size = static_cast<std::uint32_t>(size);
  return static_cast<ssize_t>(size);
}

/// libfuse's writev(2).
ssize_t Session::reply(iovec* parts, int count) {
  fuse_out_header header{};
  std::memcpy(&header, parts[0].iov_base, sizeof header);
  const ssize_t whole = size_of(parts, count);
  fuse_in_header init{};
  std::memcpy(&init, frozen_.init.request.data(), sizeof init);
  const bool is_init = frozen_.init.request_size != 0 && header.unique == init.unique;
  iovec kept{frozen_.init.reply.data(), 0};
  if (is_init) {
    kept.iov_len = static_cast<std::size_t>(keep_init_reply(parts, count));
    if (header.unique == swallowed_) return whole;
  }
  before_reply_();
  const ssize_t written = is_init ? writev(device_, &kept, 1) : writev(device_, parts, count);
  const int error = written < 0 ? errno : 0;
  const auto place = journal_.find(header.unique);
  if (place <= Journal::kLast) journal_.free(place);
  errno = error;
  // ENOENT: a reply was given before, by one who died then; or the one who asked has gone.
  return written >= 0 || error == ENOENT ? whole : -1;
}

}  // namespace ramrolefs
