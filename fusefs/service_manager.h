// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/clock.h"

namespace ramrolefs {

/// The service manager that started this process, systemd say: it is told what sd_notify(3) has
/// words for. Does nothing where none did.
///
/// Threads   one at a time.
class ServiceManager {
 public:
  ServiceManager();

  /// The mount answers.
  void ready();
  /// What is served now, for `systemctl status`: told when it differs from the last.
  void status(const std::string& text);
  /// The mount is about to go, for good or until ready() is said anew.
  void stopping();
  void reloading();

  /// How often alive() is to be called; nothing where nobody watches.
  std::optional<Duration> heartbeat() const { return heartbeat_; }
  void alive();

 private:
  std::string status_;
  std::optional<Duration> heartbeat_;
};

}  // namespace ramrolefs
