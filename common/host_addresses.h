// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace ramrolefs {

/// The addresses of a URL's host, in the order in which they are to be tried (getaddrinfo(3)): for
/// a process that will have no resolver. None where the host is an address itself: nothing has to
/// be looked up. The error is a sentence for people, and names the URL.
///
/// Requires: `url` as check_metadata_url() returns it.
/// Threads   any. Blocks as long as a resolver takes.
tl::expected<std::vector<std::string>, std::string> host_addresses(const std::string& url);

}  // namespace ramrolefs
