// SPDX-License-Identifier: Apache-2.0
#include "fusefs/monitor_log.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "common/journald.h"

namespace ramrolefs {
namespace {

using Line = std::array<char, 512>;

FileDescriptor open_syslog() {
  sockaddr_un address{AF_UNIX, "/dev/log"};
  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (connect(socket.get(), generic, sizeof address) != 0) socket.close();
  return socket;
}

/// "2026-11-25T04:26:03.123Z ".
int print_time(Line& line) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  const auto size = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  return static_cast<int>(size) +
         std::snprintf(line.data() + size, line.size() - size, ".%03ldZ ", now.tv_nsec / 1'000'000);
}

}  // namespace

MonitorLog::MonitorLog(Sink sink) : sink_(sink), journal_(standard_error_is_journals()) {
  if (sink == Sink::syslog) syslog_ = open_syslog();
  Line line{};
  print_time(line);  // libc reads what it needs for that now
}

void MonitorLog::warning(const char* form, ...) const {
  va_list arguments;
  va_start(arguments, form);
  print("warning", LOG_WARNING, form, arguments);
  va_end(arguments);
}

void MonitorLog::info(const char* form, ...) const {
  va_list arguments;
  va_start(arguments, form);
  print("info", LOG_INFO, form, arguments);
  va_end(arguments);
}

void MonitorLog::print(const char* level, int priority, const char* form, va_list values) const {
  Line text{};
  std::vsnprintf(text.data(), text.size(), form, values);
  write(level, priority, text.data());
}

void MonitorLog::write(const char* level, int priority, const char* text) const {
  Line line{};
  int size = 0;
  if (sink_ == Sink::syslog) {
    size = std::snprintf(line.data(), line.size(), "<%d>ramrolefs[%d]: %s", LOG_DAEMON | priority,
                         getpid(), text);
    send(syslog_.get(), line.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } else if (sink_ == Sink::standard_error) {
    // The journal adds the time, and takes the priority from the line (sd-daemon(3)).
    size = journal_ ? std::snprintf(line.data(), line.size(), "<%d>", priority) : print_time(line);
    const auto start = static_cast<std::size_t>(size);
    size += std::snprintf(line.data() + start, line.size() - start, "%s: %s\n", level, text);
    pollfd pipe{STDERR_FILENO, POLLOUT, 0};
    if (poll(&pipe, 1, 0) <= 0) return;  // nobody empties it
    const auto whole = std::min(static_cast<std::size_t>(size), line.size() - 1);
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), whole);
  }
}

}  // namespace ramrolefs
