// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

/// The log: one line an event. A Secret has no way in: nothing formats one.
///
/// Threads   any, after start().
namespace ramrolefs::log {

enum class Level { trace, debug, info, warning, error, off };

/// Where lines go.
enum class Sink {
  standard_error,  // with the time, unless systemd's journal reads it and adds its own
  syslog,          // for a daemon whose terminal is gone
};

/// Begins. To be called once, after the last fork(2).
void start(Sink sink, Level level);

/// Whether lines of this level are written.
bool enabled(Level level);

void write(Level level, std::string_view line);

template <typename... Arguments>
void info(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  write(Level::info, fmt::format(form, std::forward<Arguments>(arguments)...));
}

template <typename... Arguments>
void warning(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  write(Level::warning, fmt::format(form, std::forward<Arguments>(arguments)...));
}

template <typename... Arguments>
void debug(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  if (enabled(Level::debug))
    write(Level::debug, fmt::format(form, std::forward<Arguments>(arguments)...));
}

/// A line for each request that reaches us.
template <typename... Arguments>
void trace(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  if (enabled(Level::trace))
    write(Level::trace, fmt::format(form, std::forward<Arguments>(arguments)...));
}

}  // namespace ramrolefs::log
