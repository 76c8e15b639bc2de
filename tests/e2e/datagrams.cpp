// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/datagrams.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>

namespace ramrolefs::e2e {

Datagrams::Datagrams(const std::string& path)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_un address{AF_UNIX, {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind(2) wants it so
  EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

const std::string& Datagrams::lines() {
  std::array<char, 2048> line{};
  for (ssize_t got = 0; (got = recv(socket_.get(), line.data(), line.size(), 0)) > 0;) {
    lines_.append(line.data(), static_cast<std::size_t>(got)).append("\n");
  }
  return lines_;
}

}  // namespace ramrolefs::e2e
