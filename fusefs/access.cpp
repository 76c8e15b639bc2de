// SPDX-License-Identifier: Apache-2.0
#include "fusefs/access.h"

#include <sys/stat.h>

namespace ramrolefs {

bool may_read(const Access& access, const Caller& caller) {
  if (caller.uid == 0) return true;
  if (caller.uid == access.uid) return (access.mode & S_IRUSR) != 0;
  const bool group_counts = ((access.mode & S_IRGRP) != 0) != ((access.mode & S_IROTH) != 0);
  if (!group_counts) return (access.mode & S_IROTH) != 0;
  const bool in_group =
      caller.gid == access.gid || (caller.has_group && caller.has_group(access.gid));
  return (access.mode & (in_group ? S_IRGRP : S_IROTH)) != 0;
}

}  // namespace ramrolefs
