// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fusefs/options.h"
#include "fusefs/status_report.h"

namespace ramrolefs {

/// All options by name, with the values that they have for a mount, as one may write them. No
/// secret is among them. A test compares the names with the table of options.
OptionsInForce options_in_force(const Options& options);

}  // namespace ramrolefs
