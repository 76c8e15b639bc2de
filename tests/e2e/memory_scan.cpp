// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/memory_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <sstream>
#include <utility>

#include "fusefs/file_descriptor.h"
#include "tests/e2e/family.h"

namespace ramrolefs::e2e {
namespace {

constexpr std::size_t kPart = 1 << 20;

/// A line of /proc/PID/maps.
struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool readable = false;
  std::string name;

  explicit Mapping(const std::string& line) {
    std::istringstream words(line);
    char dash = 0;
    std::string access;
    std::string unwanted;
    words >> std::hex >> begin >> dash >> end >> access;
    words >> unwanted >> unwanted >> unwanted;  // offset, device, inode
    std::getline(words >> std::ws, name);
    // What the kernel keeps for its own clock is not to be had by way of mem, and holds nothing.
    readable = access.starts_with('r') && !name.starts_with("[vvar") && name != "[vsyscall]";
  }
};

std::size_t beginning_of(std::string_view piece) {
  return static_cast<unsigned char>(piece[0]) * 256U + static_cast<unsigned char>(piece[1]);
}

/// How many pieces it holds; nothing where it can't be read.
std::optional<std::size_t> count_in(const Mapping& mapping, const FileDescriptor& memory,
                                    const Pieces& pieces) {
  std::size_t count = 0;
  std::string part(kPart, '\0');
  for (std::uint64_t at = mapping.begin; at < mapping.end;) {
    const auto wanted = std::min<std::uint64_t>(kPart, mapping.end - at);
    const ssize_t got = pread(memory.get(), part.data(), wanted, static_cast<off_t>(at));
    if (got <= 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(got);
    count += pieces.count_in(std::string_view(part).substr(0, size));
    if (at + size >= mapping.end) break;
    // So that what lies across the border of two parts is seen, and once.
    at += size - (Pieces::kLength - 1);
  }
  return count;
}

void find_in(pid_t process, const Pieces& pieces, std::vector<Found>& found) {
  const std::string path = "/proc/" + std::to_string(process) + "/mem";
  const FileDescriptor memory(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::istringstream maps(of_process(process, "maps"));
  for (std::string line; std::getline(maps, line);) {
    const Mapping mapping(line);
    if (!mapping.readable) continue;
    const auto count = count_in(mapping, memory, pieces);
    if (!count) found.push_back({line + ", unreadable", 1});
    if (count > 0U) found.push_back({line, *count});
  }
}

}  // namespace

Pieces::Pieces(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  for (const std::string_view secret : secrets_) {
    for (std::size_t i = 0; i + kLength <= secret.size(); ++i) {
      pieces_.insert(secret.substr(i, kLength));
      beginnings_.set(beginning_of(secret.substr(i)));
    }
  }
}

std::size_t Pieces::count_in(std::string_view memory) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i + kLength <= memory.size(); ++i) {
    if (!beginnings_.test(beginning_of(memory.substr(i, 2)))) continue;
    if (pieces_.contains(memory.substr(i, kLength))) ++count;
  }
  return count;
}

std::vector<Found> find_pieces(pid_t ancestor, const Pieces& pieces) {
  std::vector<Found> found;
  for (const pid_t process : family_of(ancestor)) find_in(process, pieces, found);
  return found;
}

}  // namespace ramrolefs::e2e
