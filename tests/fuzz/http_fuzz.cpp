// SPDX-License-Identifier: Apache-2.0
// Any bytes as the metadata service's answer: the real libcurl reads them from a real connection.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "common/clock.h"
#include "common/curl_transport.h"
#include "fusefs/file_descriptor.h"
#include "tests/fuzz/check.h"

namespace ramrolefs::fuzz {
namespace {

constexpr Duration kLimit = std::chrono::seconds(1);
constexpr Duration kSlack = std::chrono::seconds(4);  // for a machine that is busy

/// Takes one connection after another on 127.0.0.1: reads a request, answers with the bytes that it
/// was given, and closes.
///
/// Threads   its own, which ends with the process, and the caller's.
class Service {
 public:
  Service() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    check(bind(socket_.get(), any, size) == 0 && listen(socket_.get(), SOMAXCONN) == 0 &&
              getsockname(socket_.get(), any, &size) == 0,
          "a socket on 127.0.0.1 can be had");
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    std::thread([this] { serve(); }).detach();
  }

  const std::string& url() const { return url_; }

  void set_answer(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    answer_ = bytes;
  }

 private:
  [[noreturn]] void serve() {
    for (;;) {
      const FileDescriptor connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection.valid() || !read_request(connection)) continue;
      const std::lock_guard lock(mutex_);
      // Whether libcurl takes all of it is libcurl's own affair.
      [[maybe_unused]] const auto sent =
          send(connection.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  static bool read_request(const FileDescriptor& connection) {
    std::string request;
    std::array<char, 1024> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto got = recv(connection.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

  FileDescriptor socket_;
  std::string url_;
  std::mutex mutex_;  // guards the answer
  std::string answer_;
};

Service& service() {
  static auto& one = *new Service;  // NOLINT: its thread runs until the process ends
  return one;
}

HttpRequest request_of(Method method) {
  HttpRequest request;
  request.method = method;
  request.path = "/latest/api/token";
  request.token = Secret("made-up-token");
  return request;
}

Result<HttpResponse> perform(MetadataTransport& transport, Method method) {
  const SystemClock clock;
  const SteadyTime before = clock.steady();
  auto response = transport.perform(request_of(method), kLimit);
  check(clock.steady() - before < kLimit + kSlack, "an answer is there within the limit");
  return response;
}

void try_answer(std::string_view input) {
  service().set_answer(input);
  CurlTransport transport(service().url());
  // The second finds what the first left of the connection.
  for (const Method method : {Method::put, Method::get}) {
    const auto response = perform(transport, method);
    if (response) {
      check(response->body.size() <= kLargestAnswer, "a body is at most 64 KiB");
      continue;
    }
    check_tells_nothing(response.error().detail, input, [&](std::string_view other) {
      service().set_answer(other);
      const auto again = perform(transport, method);
      return again ? "" : again.error().detail;
    });
  }
}

}  // namespace
}  // namespace ramrolefs::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ramrolefs::fuzz::try_answer({reinterpret_cast<const char*>(data), size});
  return 0;
}
