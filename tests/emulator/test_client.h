// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/emulator/descriptor.h"

namespace ramrolefs::emulator {

/// What came back: as much of it as did.
struct Reply {
  int status = 0;                              // 0: not even a head
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool whole = false;  // as long as Content-Length promised
};

/// A connection to the emulator that sends and receives plain bytes: a client that forgives nothing
/// and sees everything. Each receive gives up after some seconds.
class Client {
 public:
  explicit Client(std::uint16_t port, const char* address = "127.0.0.1");

  void send(const std::string& bytes);
  /// A request line, Host, these headers (`Name: value`, each with \r\n), an empty line.
  void request(const std::string& method, const std::string& target,
               const std::string& headers = {});

  /// One answer: to its promised end, the connection's end, or `most` bytes of body.
  Reply receive(std::size_t most = 1 << 20);
  /// Is there a byte to read, or the end, now?
  bool readable() const;
  void shut() { socket_ = Descriptor(); }

 private:
  bool receive_more();

  Descriptor socket_;
  std::string input_;
};

/// One request on a connection of its own.
Reply ask(std::uint16_t port, const std::string& method, const std::string& target,
          const std::string& headers = {});

/// The AccessKeyId in a credential; empty where there is none.
std::string id_of(const Reply& reply);

/// A time of the service: `pattern` is strptime's.
std::chrono::system_clock::time_point parse_time(const std::string& text, const char* pattern);
inline constexpr const char* kIso8601 = "%Y-%m-%dT%H:%M:%SZ";
inline constexpr const char* kHttpDate = "%a, %d %b %Y %H:%M:%S GMT";

/// What the tests ask for again and again.
struct Metadata {
  std::uint16_t port;

  Reply token(const std::string& ttl) const;
  Reply role_list(const std::optional<std::string>& token = {}) const;
  Reply credential(const std::optional<std::string>& token = {}) const;

  nlohmann::json state() const;
  nlohmann::json true_credential() const;
  /// POST /emulator/WHAT. Fails the test unless it is accepted.
  nlohmann::json control(const std::string& what) const;
  std::uint64_t count(const std::string& counter) const;
  /// Returns once the counter has reached `value`, false after some seconds.
  bool counted(const std::string& counter, std::uint64_t value) const;
};

inline constexpr const char* kTokenPath = "/latest/api/token";
inline constexpr const char* kListPath = "/latest/meta-data/ram/security-credentials/";
inline constexpr const char* kCredentialPath =
    "/latest/meta-data/ram/security-credentials/emulated-role";

}  // namespace ramrolefs::emulator
