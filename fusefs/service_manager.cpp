// SPDX-License-Identifier: Apache-2.0
#include "fusefs/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ramrolefs {
namespace {

/// Its name is a path, or one in the abstract namespace after an `@` (sd_notify(3)).
FileDescriptor connect_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return FileDescriptor();
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  constexpr timeval kLongest{1, 0};  // it may be waiting for us
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kLongest, sizeof kLongest);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return connect(socket.get(), generic, size) == 0 ? std::move(socket) : FileDescriptor();
}

}  // namespace

ServiceManager::ServiceManager() {
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (name != nullptr) socket_ = connect_to(name);
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &microseconds) > 0) {
    heartbeat_ = std::chrono::microseconds(microseconds) / 2;  // as its page advises
  }
}

void ServiceManager::tell(std::string_view words) const {
  send(words, -1);
}

void ServiceManager::keep(int descriptor, std::string_view name) const {
  std::array<char, 128> words{};
  // A descriptor that it watches would wake it at each request (fuse_dev_poll() in fs/fuse/dev.c).
  const int size = std::snprintf(words.data(), words.size(), "FDSTORE=1\nFDPOLL=0\nFDNAME=%.*s",
                                 static_cast<int>(name.size()), name.data());
  send({words.data(), static_cast<std::size_t>(size)}, descriptor);
}

void ServiceManager::keep_no_more(std::string_view name) const {
  std::array<char, 128> words{};
  const int size = std::snprintf(words.data(), words.size(), "FDSTOREREMOVE=1\nFDNAME=%.*s",
                                 static_cast<int>(name.size()), name.data());
  send({words.data(), static_cast<std::size_t>(size)}, -1);
}

void ServiceManager::keep_nothing() const {
  for (const char* name : {kKeptDevice, kKeptMemory, kKeptClone}) keep_no_more(name);
}

void ServiceManager::send(std::string_view words, int descriptor) const {
  if (!socket_.valid()) return;
  iovec part{const_cast<char*>(words.data()), words.size()};  // sendmsg(2) changes nothing
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
}

}  // namespace ramrolefs
