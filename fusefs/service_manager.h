// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "common/clock.h"
#include "fusefs/file_descriptor.h"

namespace ramrolefs {

/// By what names it keeps what belongs to a mount.
inline constexpr const char* kKeptDevice = "fuse";
inline constexpr const char* kKeptMemory = "memory";
inline constexpr const char* kKeptClone = "clone";

/// The service manager that started this process, systemd say: it is told what sd_notify(3) has
/// words for, over a socket that is connected once. (That function looks for the socket's name each
/// time, where a process that is closed in finds none.) Does nothing where none did.
///
/// Threads   one at a time. Allocates nothing.
class ServiceManager {
 public:
  /// That of the environment (NOTIFY_SOCKET, WATCHDOG_USEC).
  ServiceManager();

  /// "READY=1", for example; more than one with line ends between them.
  void tell(std::string_view words) const;
  /// Has it keep a descriptor for a successor, under that name (FDSTORE); it does not watch it.
  void keep(int descriptor, std::string_view name) const;
  void keep_no_more(std::string_view name) const;
  void keep_nothing() const;

  /// How often it wants to hear "WATCHDOG=1"; nothing where nobody watches.
  std::optional<Duration> heartbeat() const { return heartbeat_; }

 private:
  void send(std::string_view words, int descriptor) const;

  FileDescriptor socket_;
  std::optional<Duration> heartbeat_;
};

}  // namespace ramrolefs
