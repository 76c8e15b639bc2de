// SPDX-License-Identifier: Apache-2.0
#include "fusefs/service_manager.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace ramrolefs {

ServiceManager::ServiceManager() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &microseconds) > 0) {
    heartbeat_ = std::chrono::microseconds(microseconds) / 2;  // as its page advises
  }
}

void ServiceManager::ready() {
  sd_notify(0, "READY=1");
}

void ServiceManager::status(const std::string& text) {
  if (text == status_) return;
  status_ = text;
  sd_notify(0, ("STATUS=" + text).c_str());
}

void ServiceManager::stopping() {
  sd_notify(0, "STOPPING=1");
}

void ServiceManager::reloading() {
  sd_notify(0, "RELOADING=1");
}

void ServiceManager::alive() {
  sd_notify(0, "WATCHDOG=1");
}

}  // namespace ramrolefs
