// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdarg>

#include "fusefs/file_descriptor.h"

namespace ramrolefs {

/// The monitor's own way into the log, in the form of common/log.h: that one allocates, and may
/// wait for a lock.
///
/// Threads   one at a time. Allocates nothing after its constructor.
/// Failures  a line is lost.
class MonitorLog {
 public:
  enum class Sink { standard_error, syslog, none };

  explicit MonitorLog(Sink sink);

  /// A line, as printf(3) would make it.
  [[gnu::format(printf, 2, 3)]] void warning(const char* form, ...) const;
  [[gnu::format(printf, 2, 3)]] void info(const char* form, ...) const;

 private:
  [[gnu::format(printf, 4, 0)]] void print(const char* level, int priority, const char* form,
                                           va_list values) const;
  void write(const char* level, int priority, const char* text) const;

  Sink sink_;
  bool journal_;
  FileDescriptor syslog_;
};

}  // namespace ramrolefs
