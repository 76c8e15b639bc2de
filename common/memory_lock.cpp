// SPDX-License-Identifier: Apache-2.0
#include "common/memory_lock.h"

#include <sys/mman.h>
#include <sys/resource.h>

namespace ramrolefs {

bool lock_memory() {
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  return setrlimit(RLIMIT_MEMLOCK, &none) == 0 &&
         mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

}  // namespace ramrolefs
