// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/http_server.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "tests/emulator/connection.h"
#include "tests/emulator/worker_pool.h"

namespace ramrolefs::emulator {
namespace {

constexpr std::size_t kMostThreads = 1024;
constexpr std::size_t kLargestRequest = 65536;
constexpr std::time_t kKeepAlive = 15;  // seconds, which also bound each read
constexpr std::time_t kWritePatience = 30;

/// A connection as httplib wants to see it.
class ConnectionStream final : public httplib::Stream {
 public:
  explicit ConnectionStream(Connection& connection) : connection_(connection) {}

  bool is_readable() const override { return connection_.wait_readable(Duration::zero()); }
  bool is_writable() const override { return !connection_.dropped(); }
  ssize_t read(char* place, std::size_t size) override { return connection_.read(place, size); }
  ssize_t write(const char* bytes, std::size_t size) override {
    return connection_.write(bytes, size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.descriptor(); }

 private:
  Connection& connection_;
};

class Pool final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> job) override { pool_.post(std::move(job)); }
  void shutdown() override { pool_.finish(); }

 private:
  WorkerPool pool_{kMostThreads};
};

/// What a handler of httplib needs to know of the connection and is not told.
struct Session {
  Connection& connection;
  std::string path;      // of the request in hand
  bool counted = false;  // has brought a metadata request
  bool answered = false;
};

// A connection is served by one thread from its first byte to its last.
thread_local Session* session = nullptr;

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

HttpRequest translated(const httplib::Request& from) {
  HttpRequest request{from.method, session->path, {}, {}};
  for (const auto& [name, value] : from.headers) request.headers.emplace(lower_case(name), value);
  for (const auto& [name, value] : from.params) request.parameters.emplace(name, value);
  return request;
}

// Before httplib looks for a handler and reads a body. What it would do of itself and the real
// service does not: compress, answer a part of the body, match the path against a std::regex (which
// recurses once per character), and wait for a body to end with the connection where no length is
// given. `curl -X PUT` sends none, and RFC 9112 (6.3) says that there is none.
void prepare(httplib::Request& request) {
  session->path.swap(request.path);
  // For = "/" g++ 12 warns of an overlap that is none (its bug 105651).
  request.path.assign(1, '/');
  request.headers.erase("Accept-Encoding");
  request.ranges.clear();
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    request.set_header("Content-Length", "0");
  }
}

void send_half(httplib::Response& response, HttpAnswer answer) {
  const std::size_t whole = answer.body.size();
  response.set_content_provider(
      whole, answer.content_type,
      [body = std::move(answer.body)](std::size_t, std::size_t, httplib::DataSink& sink) {
        sink.write(body.data(), body.size() / 2);
        session->connection.drop();
        return false;
      });
}

void send_for_ever(httplib::Response& response, const HttpAnswer& answer,
                   const std::shared_ptr<const OrderedFault>& fault) {
  response.set_content_provider(answer.content_type, [fault, block = std::string(16384, ' ')](
                                                         std::size_t, httplib::DataSink& sink) {
    const bool lifted = fault->lifted.has_happened();
    if (lifted) session->connection.drop();
    return !lifted && sink.write(block.data(), block.size());
  });
}

void send(httplib::Response& response, HttpAnswer answer,
          const std::shared_ptr<const OrderedFault>& fault) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  const Delivery delivery = fault ? fault->fault.kind->delivery : Delivery::whole;
  if (delivery == Delivery::cut_off) {
    send_half(response, std::move(answer));
  } else if (delivery == Delivery::endless) {
    send_for_ever(response, answer, fault);
  } else {
    response.set_content(answer.body, answer.content_type);
  }
}

}  // namespace

class HttpServer::Implementation final : public httplib::Server {
 public:
  Implementation(Emulator& emulator, ListeningSocket socket) : emulator_(emulator) {
    svr_sock_ = socket.descriptor.release();
    set_payload_max_length(kLargestRequest);
    set_keep_alive_timeout(kKeepAlive);
    set_read_timeout(kKeepAlive);
    set_write_timeout(kWritePatience);
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      handle(request, response);
    };
    Get("/", handler).Put("/", handler).Post("/", handler);
    Patch("/", handler).Delete("/", handler).Options("/", handler);
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& response) { finish_head(response); });
  }

  ~Implementation() override {
    if (svr_sock_ != INVALID_SOCKET) ::close(svr_sock_);
  }

  bool run(const std::function<void()>& ready) {
    // httplib calls this between the moment from which stop works and the first accept.
    new_task_queue = [&ready] {
      ready();
      return new Pool;
    };
    const bool stopped = listen_after_bind();
    if (!stopped) svr_sock_ = INVALID_SOCKET;  // httplib has closed it
    return stopped;
  }

  void end() {
    connections_.end_all();
    stop();
  }

 private:
  // httplib's own loop polls a hundred times a second and can't be ended from outside.
  bool process_and_close_socket(socket_t socket) override {
    Connection connection{Descriptor(socket)};
    const Connections::Entry entry(connections_, socket);
    Session mine{.connection = connection, .path = {}};
    session = &mine;
    ConnectionStream stream(connection);
    bool closed = false;
    while (!closed && !connection.dropped() &&
           connection.wait_readable(std::chrono::seconds(kKeepAlive)) &&
           process_request(stream, false, closed, prepare) && mine.answered) {
      connection.recover();
      mine.answered = false;
    }
    session = nullptr;
    connection.drop();
    return true;
  }

  void handle(const httplib::Request& from, httplib::Response& response) {
    const HttpRequest request = translated(from);
    const auto fault = emulator_.admit(request, session->counted);
    if (fault) session->connection.suffer(fault);
    send(response, emulator_.answer(request, fault.get()), fault);
    session->answered = true;
  }

  void finish_head(httplib::Response& response) {
    response.headers.erase("Keep-Alive");  // it promises a number of requests, which we don't count
    if (session->answered) return;
    // Refused by httplib itself, for a bad request line say: what follows has no known meaning.
    response.set_header("Date", emulator_.http_date_now());
    response.set_header("Connection", "close");
  }

  Emulator& emulator_;
  Connections connections_;
};

HttpServer::HttpServer(Emulator& emulator, ListeningSocket socket)
    : implementation_(std::make_unique<Implementation>(emulator, std::move(socket))) {}

HttpServer::~HttpServer() = default;

bool HttpServer::run(const std::function<void()>& ready) {
  return implementation_->run(ready);
}

void HttpServer::stop() {
  implementation_->end();
}

}  // namespace ramrolefs::emulator
