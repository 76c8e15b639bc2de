// SPDX-License-Identifier: Apache-2.0
#include "common/journald.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "common/printable.h"

namespace ramrolefs {
namespace {

/// A value that has no line end, as none has after printable(), needs no length before it.
void add(std::string& entry, const Journald::Field& field) {
  entry.append(field.name).append("=").append(printable(field.value)).append("\n");
}

}  // namespace

bool standard_error_is_journals() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat stat {};
  if (stream == nullptr || fstat(STDERR_FILENO, &stat) != 0) return false;
  return std::to_string(stat.st_dev) + ":" + std::to_string(stat.st_ino) == stream;
}

std::unique_ptr<Journald> Journald::connect() {
  const sockaddr_un address{AF_UNIX, "/run/systemd/journal/socket"};
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return nullptr;
  auto journal = std::make_unique<Journald>(socket);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(socket, generic, sizeof address) == 0 ? std::move(journal) : nullptr;
}

Journald::~Journald() {
  close(socket_);
}

bool Journald::send(int priority, std::string_view message, std::span<const Field> fields) const {
  std::string entry;
  add(entry, {"MESSAGE", message});
  add(entry, {"PRIORITY", std::to_string(priority)});
  add(entry, {"SYSLOG_IDENTIFIER", "ramrolefs"});
  for (const Field& field : fields) add(entry, field);
  return ::send(socket_, entry.data(), entry.size(), MSG_NOSIGNAL) >= 0;
}

}  // namespace ramrolefs
