// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <thread>
#include <variant>

#include "tests/emulator/emulator.h"
#include "tests/emulator/http_server.h"
#include "tests/emulator/options.h"

namespace {

using namespace ramrolefs::emulator;

/// SIGTERM and SIGINT, blocked in every thread made from here on, and taken by one of them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

int complain(const std::string& what) {
  std::cerr << "ramrolefs-emulator: " << what << std::endl;
  return 1;
}

// A connection is a descriptor, and a fault may hold more of them than the usual soft limit.
void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 4096));
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const Options& options) {
  allow_many_descriptors();
  const StopSignals signals;
  Emulator emulator(options.role, options.settings);
  auto socket = listen_at(options.listen, options.port);
  if (!socket) return complain(socket.error());
  const std::string url = url_of(options.listen, socket->port);

  HttpServer server(emulator, std::move(*socket));
  std::thread stopper;
  const bool stopped = server.run([&] {
    std::cout << "listening on " << url << std::endl;
    stopper = std::thread([&] {
      signals.wait();
      server.stop();
    });
  });
  if (!stopped) ::kill(::getpid(), SIGTERM);
  stopper.join();
  return stopped ? 0 : complain("cannot accept connections on " + url + " any more");
}

}  // namespace

int main(int argc, char** argv) {
  const auto read = read_options({argv + 1, argv + argc});
  if (const auto* end = std::get_if<EarlyEnd>(&read)) {
    (end->status == 0 ? std::cout : std::cerr) << end->text << std::flush;
    return end->status;
  }
  return serve(std::get<Options>(read));
}
