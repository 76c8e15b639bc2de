// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ramrolefs {

/// Where the metadata service is, from inside an instance in a VPC.
constexpr const char* kMetadataUrl = "http://100.100.100.200";

/// Checks what a user gave as the metadata service's URL, and returns it without a trailing slash:
/// http alone, a host, perhaps a port and a path; no user, query or fragment. The error says what
/// is wrong and what is allowed.
tl::expected<std::string, std::string> check_metadata_url(const std::string& url);

/// The host of a URL that is fine by check_metadata_url(): a name or an address, an IPv6 address
/// without its brackets.
std::string metadata_host(const std::string& url);

/// Its port: "80" where it names none.
std::string metadata_port(const std::string& url);

}  // namespace ramrolefs
