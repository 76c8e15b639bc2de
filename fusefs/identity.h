// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

namespace ramrolefs {

/// The user and the group that the worker and the announcer run as.
struct Identity {
  uid_t user;
  gid_t group;

  /// As root, those of the system user `_ramrolefs`, or of `nobody` where there is none; else those
  /// that we have. It asks NSS, and so needs files. The error is a sentence for people.
  static tl::expected<Identity, std::string> find();

  bool operator==(const Identity&) const = default;
};

/// Becomes that user for good: no other group, no capability, none to be had from a program file
/// (no_new_privs) or by an ambient or bounding set. A user namespace that does not know the
/// identity leaves us its root, without capabilities.
///
/// Threads   before there is another one: capabilities are a thread's.
/// Failures  a sentence for people; the process is then neither one nor the other, and must end.
tl::expected<void, std::string> become(const Identity& identity);

}  // namespace ramrolefs
