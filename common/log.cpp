// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <poll.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>
#include <syslog.h>

#include <memory>
#include <new>

#include "common/printable.h"

namespace ramrolefs::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::trace:
      return spdlog::level::trace;
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

spdlog::sink_ptr make_sink(Sink sink) {
  if (sink == Sink::syslog) {
    // Connected now: a process that is closed in finds no socket by its name.
    return std::make_shared<spdlog::sinks::syslog_sink_mt>("ramrolefs", LOG_PID | LOG_NDELAY,
                                                           LOG_DAEMON,
                                                           /*enable_formatting=*/false);
  }
  return std::make_shared<spdlog::sinks::stderr_color_sink_mt>();  // no colours off a terminal
}

int priority_of(Level level) {
  switch (level) {
    case Level::trace:
    case Level::debug:
      return LOG_DEBUG;
    case Level::info:
      return LOG_INFO;
    case Level::warning:
      return LOG_WARNING;
    case Level::error:
    case Level::off:
      return LOG_ERR;
  }
  return LOG_INFO;
}

bool to_syslog = false;
std::unique_ptr<Journald> journal;

void write_line(Level level, std::string_view line) {
  // A pipe that nobody empties must not hold up readers. One that is ready takes PIPE_BUF bytes.
  pollfd pipe{STDERR_FILENO, POLLOUT, 0};
  if (!to_syslog && poll(&pipe, 1, 0) == 0) return;
  spdlog::log(to_spdlog(level), printable(line));
}

}  // namespace

bool in_syslog() {
  return to_syslog;
}

void start(Sink sink, Level level) {
  to_syslog = sink == Sink::syslog;
  auto logger = std::make_shared<spdlog::logger>("ramrolefs", make_sink(sink));
  // Connected now, as above. Where it can't be, the journal gets lines, to which it adds the time.
  const bool journals = sink == Sink::standard_error && standard_error_is_journals();
  journal = journals ? Journald::connect() : nullptr;
  logger->set_pattern(journals ? "%^%l%$: %v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$: %v",
                      spdlog::pattern_time_type::utc);
  logger->set_level(to_spdlog(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

bool enabled(Level level) {
  return spdlog::should_log(to_spdlog(level));
}

void write(Level level, std::string_view line, std::span<const Field> fields) {
  if (!enabled(level)) return;
  try {
    if (!journal || !journal->send(priority_of(level), line, fields)) write_line(level, line);
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace ramrolefs::log
