// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <initializer_list>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "common/journald.h"

/// The log: one line an event. A Secret has no way in: nothing formats one. A control character
/// becomes "?", whoever has chosen the name that it is in.
///
/// Threads   any, after start(). Waits for nobody who is to read it.
/// Failures  a line is lost for want of memory, or of room in a pipe; nothing is thrown.
namespace ramrolefs::log {

enum class Level { trace, debug, info, warning, error, off };

/// Where lines go.
enum class Sink {
  standard_error,  // with the time; where that is systemd's journal, an entry of it, with fields
  syslog,          // for a daemon whose terminal is gone
};

/// Begins. To be called once, after the last fork(2).
void start(Sink sink, Level level);

/// Whether lines go to syslog, so that a user sees none of them.
bool in_syslog();

/// Whether lines of this level are written.
bool enabled(Level level);

using Field = Journald::Field;

/// Lost, as said above, where there is no memory. The fields are for the journal alone.
void write(Level level, std::string_view line, std::span<const Field> fields = {});

template <typename... Arguments>
void line(Level level, fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  if (!enabled(level)) return;
  try {
    write(level, fmt::format(form, std::forward<Arguments>(arguments)...));
  } catch (const std::bad_alloc&) {
  }
}

/// A line that the journal has fields of: RAMROLEFS_EVENT, and what else there is to be said.
template <typename... Arguments>
void event(Level level, std::string_view name, std::initializer_list<Field> fields,
           fmt::format_string<Arguments...> form, Arguments&&... arguments) {
  if (!enabled(level)) return;
  try {
    std::vector<Field> all{{"RAMROLEFS_EVENT", name}};
    all.insert(all.end(), fields);
    write(level, fmt::format(form, std::forward<Arguments>(arguments)...), all);
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
