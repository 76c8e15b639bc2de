// SPDX-License-Identifier: Apache-2.0
//
// free(3) and realloc(3) of the program, which wipe what they give back: libcurl, the JSON parser
// and std::string keep copies of secrets on the heap, and know nothing of it. What is linked into
// the program comes before libc, for every library (ld.so(8)), and operator delete calls free().
//
// glibc's own M_PERTURB is no remedy: in 2.36 free() leaves a small block as it is on its way into
// the thread's cache, and the last bytes of others (tcache_put() and free_perturb() in
// malloc/malloc.c).
//
// Threads   any, as free(3).
// Failures  realloc() fails as malloc(3) does, and leaves the block as it was.
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "common/sanitizer.h"

// A sanitizer has a heap of its own.
#if !RAMROLEFS_SANITIZED

// Of other names here, so that the compiler takes them for functions like any other. glibc's own is
// exported under its second name for the like of this.
extern "C" {
void glibc_free(void* memory) noexcept __asm__("__libc_free");
void wiping_free(void* memory) noexcept __asm__("free");
void* wiping_realloc(void* memory, std::size_t size) noexcept __asm__("realloc");
}

void wiping_free(void* memory) noexcept {
  if (memory != nullptr) explicit_bzero(memory, malloc_usable_size(memory));
  glibc_free(memory);
}

/// Always moves: glibc's may leave a copy behind where it moves, or the end where it shrinks.
void* wiping_realloc(void* memory, std::size_t size) noexcept {
  if (memory != nullptr && size == 0) {
    wiping_free(memory);
    return nullptr;
  }
  void* moved = std::malloc(size);
  if (moved == nullptr || memory == nullptr) return moved;
  std::memcpy(moved, memory, std::min(size, malloc_usable_size(memory)));
  wiping_free(memory);
  return moved;
}

#endif
