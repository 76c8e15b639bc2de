// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fusefs/setting.h"

namespace ramrolefs {

/// What stands behind `-o`, as mount(8) hands it over or somebody types it.
struct MountOptions {
  std::vector<Setting> settings;    // ours
  std::vector<std::string> kernel;  // SELinux's, for mount(2): "context=\"…\""
};

/// Takes apart a list like `nofail,uid=www-data,mode=0400`. What is generic (mount(8): rw, noatime,
/// nofail, _netdev, user, x-systemd.…) is accepted and has no effect: the mount is read-only,
/// nosuid, nodev and noexec in any case. The error is a sentence for people.
tl::expected<MountOptions, std::string> read_mount_options(const std::string& list);

}  // namespace ramrolefs
