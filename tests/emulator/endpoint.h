// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ramrolefs::emulator {

/// What a metadata request asks for.
enum class Endpoint { token, role_list, credential, region, other };

struct EndpointRow {
  Endpoint endpoint;
  std::string_view name;  // in the control interface
};

inline constexpr std::array kEndpoints{
    EndpointRow{Endpoint::token, "token"},           EndpointRow{Endpoint::role_list, "role_list"},
    EndpointRow{Endpoint::credential, "credential"}, EndpointRow{Endpoint::region, "region"},
    EndpointRow{Endpoint::other, "other"},
};

/// The endpoint that a path leads to, whatever the method.
Endpoint endpoint_of(std::string_view path);

/// The role in the path of a credential. Requires endpoint_of(path) == Endpoint::credential.
std::string_view role_in(std::string_view path);

/// How many metadata requests came, by endpoint, on how many connections.
struct RequestCounters {
  std::array<std::uint64_t, kEndpoints.size()> requests{};
  std::uint64_t connections = 0;

  std::uint64_t& of(Endpoint endpoint) { return requests.at(static_cast<std::size_t>(endpoint)); }
};

}  // namespace ramrolefs::emulator
