// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "tests/emulator/descriptor.h"

namespace ramrolefs::emulator {

struct ListeningSocket {
  Descriptor descriptor;
  std::uint16_t port;  // the one in use, where 0 asked for any
};

/// A TCP socket that listens at a numeric IPv4 or IPv6 address; what it accepts sends at once
/// (TCP_NODELAY). The error says what failed.
///
/// Why not httplib's: it sets SO_REUSEPORT, so that a second emulator at the same port starts well
/// and gets half of the requests, has a backlog of 5, and keeps the reason of a failure to itself.
tl::expected<ListeningSocket, std::string> listen_at(const std::string& address,
                                                     std::uint16_t port);

/// `http://127.0.0.1:8100`
std::string url_of(const std::string& address, std::uint16_t port);

}  // namespace ramrolefs::emulator
