// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>

#include "common/sanitizer.h"
#include "common/secret.h"

namespace {

// What is watched is looked at in the moment before it is given back, while it may still be read.
std::atomic<const void*> watched = nullptr;
std::size_t watched_size = 0;
std::optional<std::string> seen;

void give_back(void* memory) noexcept {
  if (memory != nullptr && memory == watched) {
    seen.emplace(static_cast<const char*>(memory), watched_size);
    watched = nullptr;
  }
  std::free(memory);
}

}  // namespace

// A Secret's bytes are an array of char, which these give out and take back for the whole program.
void* operator new[](std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete[](void* memory) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  give_back(memory);
}

namespace ramrolefs::unit {
namespace {

const std::string kBytes = "bytes that nobody must find in the heap";
const std::string kWiped(kBytes.size(), '\0');

void watch(const Secret& secret) {
  seen.reset();
  watched_size = secret.size();
  watched = secret.expose().data();
}

TEST(SecretWipe, TheWatchSeesWhatIsNotWiped) {
  const Secret same_size(kBytes);
  auto plain = std::make_unique<char[]>(kBytes.size());
  kBytes.copy(plain.get(), kBytes.size());
  watch(same_size);
  watched = plain.get();
  plain.reset();
  EXPECT_EQ(seen, kBytes);
}

TEST(SecretWipe, AtItsEnd) {
  std::optional<Secret> secret(kBytes);
  watch(*secret);
  secret.reset();
  EXPECT_EQ(seen, kWiped);
}

TEST(SecretWipe, WhenItIsAssignedTo) {
  Secret secret(kBytes);
  const Secret other("other");
  watch(secret);
  secret = other;
  EXPECT_EQ(seen, kWiped);
}

TEST(SecretWipe, WhenAnotherIsMovedIntoIt) {
  Secret secret(kBytes);
  watch(secret);
  secret = Secret("other");
  EXPECT_EQ(seen, kWiped);
}

TEST(SecretWipe, WhereItWasMovedTo) {
  Secret secret(kBytes);
  watch(secret);
  {
    const Secret moved(std::move(secret));
    EXPECT_FALSE(seen);
  }
  EXPECT_EQ(seen, kWiped);
}

/// Leaves the bytes on the stack, and tells where.
[[gnu::noinline]] void leave_on_stack(std::uintptr_t& where) {
  char place[64];
  std::memcpy(place, kBytes.data(), kBytes.size());
  asm volatile("" : : "r"(place) : "memory");  // they are there
  where = reinterpret_cast<std::uintptr_t>(place);
}

TEST(SecretWipe, OfTheStack) {
#if RAMROLEFS_SANITIZED
  GTEST_SKIP() << "a sanitizer has a stack of its own making";
#endif
  std::uintptr_t place = 0;
  leave_on_stack(place);
  wipe_stack();
  std::string left(kBytes.size(), '?');
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i] = reinterpret_cast<const volatile char*>(place)[i];
  }
  EXPECT_EQ(left, kWiped);
}

}  // namespace
}  // namespace ramrolefs::unit
