// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>

namespace ramrolefs {

/// Whether standard error is a stream of systemd's journal, as JOURNAL_STREAM says
/// (systemd.exec(5)): the variable alone may be inherited from somebody else.
bool standard_error_is_journals();

/// systemd's journal, as far as an entry has more than its text, in its native protocol
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL). libsystemd has it too, but opens its socket by a path with
/// the first entry, where a process that is closed in finds none.
///
/// Threads   any.
/// Owns      the socket, which is connected once.
class Journald {
 public:
  /// A field of an entry: a name of capitals, digits and underscores, and what it holds.
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  /// Null where it can't be talked to.
  static std::unique_ptr<Journald> connect();

  /// Takes over a socket that is connected to it.
  explicit Journald(int socket) : socket_(socket) {}
  Journald(const Journald&) = delete;
  Journald& operator=(const Journald&) = delete;
  ~Journald();

  /// An entry of the priority of syslog(3). What is no printable character becomes "?". Waits for
  /// nobody. False if it could not be sent; throws std::bad_alloc.
  bool send(int priority, std::string_view message, std::span<const Field> fields) const;

 private:
  int socket_;
};

}  // namespace ramrolefs
