// SPDX-License-Identifier: Apache-2.0
#include "common/host_addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "common/metadata_url.h"

namespace ramrolefs {
namespace {

using Entries = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1 ||
         host.find('%') != std::string::npos;  // with a zone
}

std::string text_of(const addrinfo& entry) {
  std::array<char, NI_MAXHOST> text{};
  getnameinfo(entry.ai_addr, entry.ai_addrlen, text.data(), text.size(), nullptr, 0,
              NI_NUMERICHOST);
  return text.data();
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> host_addresses(const std::string& url) {
  const std::string host = metadata_host(url);
  std::vector<std::string> addresses;
  if (is_address(host)) return addresses;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;  // else each comes once for each type
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  const Entries entries(found, freeaddrinfo);
  if (error != 0) {
    const char* why = error == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(error);
    return tl::unexpected(url + ": the metadata service is at an address; " + host +
                          " can't be resolved now (" + why + ")");
  }
  for (const addrinfo* entry = entries.get(); entry != nullptr; entry = entry->ai_next) {
    addresses.push_back(text_of(*entry));
  }
  return addresses;
}

}  // namespace ramrolefs
