// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/test_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <sstream>

namespace ramrolefs::emulator {
namespace {

constexpr int kPatience = 8;  // seconds

std::string token_header(const std::optional<std::string>& token) {
  return token ? "X-aliyun-ecs-metadata-token: " + *token + "\r\n" : "";
}

Reply parse_head(const std::string& head) {
  Reply reply;
  std::istringstream lines(head);
  std::string version;
  lines >> version >> reply.status;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    reply.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return reply;
}

}  // namespace

Client::Client(std::uint16_t port, const char* address)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &to.sin_addr);
  EXPECT_EQ(0, ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)));
}

void Client::send(const std::string& bytes) {
  EXPECT_EQ(static_cast<ssize_t>(bytes.size()),
            ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

void Client::request(const std::string& method, const std::string& target,
                     const std::string& headers) {
  send(method + " " + target + " HTTP/1.1\r\nHost: emulated\r\n" + headers + "\r\n");
}

Reply Client::receive(std::size_t most) {
  std::size_t end_of_head = std::string::npos;
  while ((end_of_head = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return {};
  }
  Reply reply = parse_head(input_.substr(0, end_of_head + 4));
  input_.erase(0, end_of_head + 4);
  const bool promised = reply.headers.contains("content-length");
  const std::size_t size = promised ? std::stoul(reply.headers.at("content-length")) : most;
  while (input_.size() < std::min(size, most) && receive_more()) continue;
  reply.body = input_.substr(0, std::min(size, most));
  input_.erase(0, reply.body.size());
  reply.whole = promised && reply.body.size() == size;
  return reply;
}

bool Client::readable() const {
  pollfd what{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&what, 1, 0) > 0;
}

bool Client::receive_more() {
  std::array<char, 65536> bytes{};
  const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  input_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

Reply ask(std::uint16_t port, const std::string& method, const std::string& target,
          const std::string& headers) {
  Client client(port);
  client.request(method, target, headers);
  return client.receive();
}

std::string id_of(const Reply& reply) {
  const nlohmann::json json = nlohmann::json::parse(reply.body, nullptr, false);
  return json.is_object() ? json.value("AccessKeyId", "") : "";
}

std::chrono::system_clock::time_point parse_time(const std::string& text, const char* pattern) {
  std::tm parts{};
  EXPECT_NE(nullptr, strptime(text.c_str(), pattern, &parts)) << text;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

Reply Metadata::token(const std::string& ttl) const {
  return ask(port, "PUT", kTokenPath, "X-aliyun-ecs-metadata-token-ttl-seconds: " + ttl + "\r\n");
}

Reply Metadata::role_list(const std::optional<std::string>& token) const {
  return ask(port, "GET", kListPath, token_header(token));
}

Reply Metadata::credential(const std::optional<std::string>& token) const {
  return ask(port, "GET", kCredentialPath, token_header(token));
}

nlohmann::json Metadata::state() const {
  return nlohmann::json::parse(ask(port, "GET", "/emulator/state").body, nullptr, false);
}

nlohmann::json Metadata::true_credential() const {
  return nlohmann::json::parse(ask(port, "GET", "/emulator/credential").body, nullptr, false);
}

nlohmann::json Metadata::control(const std::string& what) const {
  const Reply reply = ask(port, "POST", "/emulator/" + what);
  EXPECT_EQ(200, reply.status) << what << ": " << reply.body;
  return nlohmann::json::parse(reply.body, nullptr, false);
}

std::uint64_t Metadata::count(const std::string& counter) const {
  return state().at("requests").at(counter);
}

bool Metadata::counted(const std::string& counter, std::uint64_t value) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(kPatience);
  while (std::chrono::steady_clock::now() < until) {
    if (count(counter) >= value) return true;
  }
  return false;
}

}  // namespace ramrolefs::emulator
