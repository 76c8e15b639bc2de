// SPDX-License-Identifier: Apache-2.0
#pragma once

// RAMROLEFS_SANITIZED   whether this is compiled for the address or thread sanitizer: 1 or 0. Says
// so to the preprocessor, as functions that a sanitizer has of its own must not be compiled at all.
// gcc defines a macro each, clang answers __has_feature().

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RAMROLEFS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RAMROLEFS_SANITIZED 1
#endif
#endif
#ifndef RAMROLEFS_SANITIZED
#define RAMROLEFS_SANITIZED 0
#endif
