// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fusefs/setting.h"

/// What the configuration files mean for systemd's units: as its generator
/// (systemd.generator(7)), the program writes drop-ins for ramrolefs.service and
/// ramrolefs@NAME.service. systemd waits for it, at boot and at each `systemctl daemon-reload`: it
/// reads those files, and asks nobody, not for a user's number either.
namespace ramrolefs {

/// The drop-in for a unit whose configuration file says `settings`, which may be wrong: what is, is
/// left out, as the unit itself will tell. It lets requests through to metadata-url alone.
std::string unit_drop_in(const std::vector<Setting>& settings);

/// Whether the program was called as systemd's generator.
bool is_generator(const char* program);

/// Writes the drop-ins of all NAME.conf in `configuration` below `units`, where systemd looks for
/// them. A file that can't be read is left out, with a line on standard error. Returns the exit
/// status.
int write_unit_drop_ins(const std::string& configuration, const std::string& units);

}  // namespace ramrolefs
