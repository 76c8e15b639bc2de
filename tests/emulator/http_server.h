// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "tests/emulator/emulator.h"
#include "tests/emulator/listening_socket.h"

namespace ramrolefs::emulator {

/// An Emulator behind HTTP/1.1 with keep-alive.
///
/// Threads   run from one thread, stop from another; a connection has a thread of its own, up to
/// 1024. Owns      the listening socket; the emulator outlives it. Failures  a connection's end
/// with it; the server's are run's result.
class HttpServer {
 public:
  HttpServer(Emulator& emulator, ListeningSocket socket);
  ~HttpServer();

  /// Serves until stop, and then until every connection has ended. `ready` is called once, when
  /// stop may be called. False: it could not accept any more, and stop was not called.
  bool run(const std::function<void()>& ready);

  /// Ends run and all connections, whatever holds them up. Not before run has called `ready`.
  void stop();

 private:
  class Implementation;  // holds httplib in one source file: it costs many seconds of compile time
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ramrolefs::emulator
