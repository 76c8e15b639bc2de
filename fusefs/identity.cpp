// SPDX-License-Identifier: Apache-2.0
#include "fusefs/identity.h"

#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace ramrolefs {
namespace {

tl::unexpected<std::string> failed(const std::string& what) {
  return tl::unexpected("can't " + what + ": " + std::strerror(errno));
}

/// What an exec could give back. Without CAP_SETPCAP it stays, and no_new_privs alone sees to it.
void empty_bounding_set() {
  for (cap_value_t capability = 0; capability < cap_max_bits(); ++capability) {
    if (cap_drop_bound(capability) != 0) return;
  }
}

tl::expected<void, std::string> change_user(const Identity& identity) {
  if (setresgid(identity.group, identity.group, identity.group) != 0) {
    if (errno == EINVAL) return {};  // not one of this user namespace (setresgid(2))
    return failed("change the group");
  }
  if (setgroups(0, nullptr) != 0) return failed("leave the groups");
  if (setresuid(identity.user, identity.user, identity.user) != 0) return failed("change the user");
  return {};
}

bool drop_capabilities() {
  const std::unique_ptr<void, decltype(&cap_free)> none(cap_init(), cap_free);
  return none && cap_set_proc(static_cast<cap_t>(none.get())) == 0;
}

}  // namespace

tl::expected<Identity, std::string> Identity::find() {
  if (geteuid() != 0) return Identity{geteuid(), getegid()};
  for (const char* name : {"_ramrolefs", "nobody"}) {
    const passwd* entry = getpwnam(name);
    if (entry != nullptr && entry->pw_uid != 0) return Identity{entry->pw_uid, entry->pw_gid};
  }
  return tl::unexpected(std::string("there is neither a user _ramrolefs nor a user nobody"));
}

tl::expected<void, std::string> become(const Identity& identity) {
  if (geteuid() == 0) {
    empty_bounding_set();
    if (auto changed = change_user(identity); !changed) return changed;
  }
  cap_reset_ambient();
  if (!drop_capabilities()) return failed("drop the capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("set no_new_privs");
  return {};
}

}  // namespace ramrolefs
