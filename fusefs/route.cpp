// SPDX-License-Identifier: Apache-2.0
#include "fusefs/route.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "common/metadata_url.h"
#include "fusefs/file_descriptor.h"

namespace ramrolefs {
namespace {

using Entries = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;
using Interfaces = std::unique_ptr<ifaddrs, decltype(&freeifaddrs)>;

tl::unexpected<Failure> failed() {
  const int error = errno;
  Cause cause = Cause::local;
  if (error == ENETUNREACH || error == ENETDOWN || error == EADDRNOTAVAIL) {
    cause = Cause::no_network;
  } else if (error == EHOSTUNREACH || error == EACCES || error == EPERM || error == EINVAL) {
    cause = Cause::unreachable;  // also routes of the kinds prohibit and blackhole
  }
  return tl::unexpected(Failure{cause, std::strerror(error)});
}

socklen_t length_of(const sockaddr& address) {
  return address.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

/// In digits; empty for what is no address of the internet.
std::string text_of(const sockaddr* address) {
  if (address == nullptr || (address->sa_family != AF_INET && address->sa_family != AF_INET6)) {
    return "";
  }
  std::array<char, NI_MAXHOST> text{};
  getnameinfo(address, length_of(*address), text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return text.data();
}

/// A UDP socket's connect(2) chooses the way, and sends nothing.
Result<std::string> source_to(const addrinfo& to) {
  const FileDescriptor socket(::socket(to.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return failed();
  if (connect(socket.get(), to.ai_addr, to.ai_addrlen) != 0) return failed();
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  auto* from = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(socket.get(), from, &size) != 0) return failed();
  return text_of(from);
}

bool is_shared_space(const std::string& address) {
  constexpr in_addr_t kNet = 0x64400000;  // 100.64.0.0
  constexpr in_addr_t kMask = 0xffc00000;
  in_addr number{};
  return inet_pton(AF_INET, address.c_str(), &number) == 1 &&
         (ntohl(number.s_addr) & kMask) == kNet;
}

bool is_name_of_vpn(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames{"tailscale", "tun", "tap",  "utun",      "wg",
                                                   "ppp",       "zt",  "nord", "Cloudflare"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view start) { return name.starts_with(start); });
}

/// Fills in what the machine's interfaces tell.
void look_at_interfaces(Route& route) {
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0) return;
  const Interfaces interfaces(found, freeifaddrs);
  for (const ifaddrs* entry = found; entry != nullptr; entry = entry->ifa_next) {
    const std::string address = text_of(entry->ifa_addr);
    const bool on_the_way = route.interface.empty() && address == route.source;
    if (on_the_way) route.interface = entry->ifa_name;
    if (!is_shared_space(route.destination) || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    const bool claims = is_shared_space(address) || (on_the_way && is_name_of_vpn(route.interface));
    if (claims && route.claimant.empty()) route.claimant = entry->ifa_name;
  }
}

}  // namespace

Result<Route> find_route(const std::string& url, const std::vector<std::string>& addresses) {
  const std::string host = addresses.empty() ? metadata_host(url) : addresses.front();
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), metadata_port(url).c_str(), &wanted, &found);
  const Entries entries(found, freeaddrinfo);
  if (error != 0) return tl::unexpected(Failure{Cause::unreachable, gai_strerror(error)});
  const auto source = source_to(*entries);
  if (!source) return tl::unexpected(source.error());
  Route route{host, *source, "", ""};
  look_at_interfaces(route);
  return route;
}

}  // namespace ramrolefs
