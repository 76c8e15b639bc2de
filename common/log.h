// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <new>
#include <string_view>
#include <utility>

/// The log: one line an event. A Secret has no way in: nothing formats one.
///
/// Threads   any, after start(). Waits for nobody who is to read it.
/// Failures  a line is lost for want of memory, or of room in a pipe; nothing is thrown.
namespace ramrolefs::log {

enum class Level { trace, debug, info, warning, error, off };

/// Where lines go.
enum class Sink {
  standard_error,  // with the time, unless systemd's journal reads it and adds its own
  syslog,          // for a daemon whose terminal is gone
};

/// Begins. To be called once, after the last fork(2).
void start(Sink sink, Level level);

/// Whether lines go to syslog, so that a user sees none of them.
bool in_syslog();

/// Whether lines of this level are written.
bool enabled(Level level);

void write(Level level, std::string_view line);

template <typename... Arguments>
void line(Level level, fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  if (!enabled(level)) return;
  try {
    write(level, fmt::format(form, std::forward<Arguments>(arguments)...));
  } catch (const std::bad_alloc&) {
  }
}

template <typename... Arguments>
void info(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  line(Level::info, form, std::forward<Arguments>(arguments)...);
}

template <typename... Arguments>
void warning(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  line(Level::warning, form, std::forward<Arguments>(arguments)...);
}

template <typename... Arguments>
void error(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  line(Level::error, form, std::forward<Arguments>(arguments)...);
}

template <typename... Arguments>
void debug(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  line(Level::debug, form, std::forward<Arguments>(arguments)...);
}

/// A line for each request that reaches us.
template <typename... Arguments>
void trace(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  line(Level::trace, form, std::forward<Arguments>(arguments)...);
}

}  // namespace ramrolefs::log
