// SPDX-License-Identifier: Apache-2.0
#include "fusefs/generation_counter.h"

#include <algorithm>
#include <string_view>

#include "fusefs/checksum.h"

namespace ramrolefs {

GenerationId GenerationCounter::first_free() const {
  return GenerationId{std::max<std::uint64_t>(next, 1)};
}

void GenerationCounter::reserve(GenerationId id) {
  next = std::max<std::uint64_t>(next, static_cast<std::uint64_t>(id) + 1);
}

void GenerationCounter::set_newest(const Newest& generation) {
  newest = 0;  // while the rest is of two
  fingerprint = generation.fingerprint;
  mtime_seconds = generation.mtime.tv_sec;
  mtime_nanoseconds = generation.mtime.tv_nsec;
  newest = static_cast<std::uint64_t>(generation.id);
}

std::optional<Newest> GenerationCounter::get_newest() const {
  if (newest == 0) return std::nullopt;
  return Newest{GenerationId{newest.load()}, fingerprint, last_mtime()};
}

timespec GenerationCounter::last_mtime() const {
  return {mtime_seconds, mtime_nanoseconds};
}

std::uint64_t fingerprint_of(const Credential& credential, bool newline) {
  const auto add = [](std::string_view part, std::uint64_t before) {
    return checksum_of(std::as_bytes(std::span(part)), before);
  };
  std::uint64_t print = add(credential.role, newline ? 1 : 0);
  print = add(credential.access_key_id.expose(), print);
  print = add(credential.access_key_secret.expose(), print);
  print = add(credential.security_token.expose(), print);
  const std::int64_t expiration = credential.expiration.time_since_epoch().count();
  return checksum_of(std::as_bytes(std::span(&expiration, 1)), print);
}

}  // namespace ramrolefs
