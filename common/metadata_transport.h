// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/failure.h"
#include "common/secret.h"

namespace ramrolefs {

/// No answer of the metadata service is larger; a longer one is malformed.
constexpr std::size_t kLargestAnswer = 65'536;

enum class Method { get, put };

/// One request to the metadata service.
struct HttpRequest {
  Method method = Method::get;
  std::string path;                               // absolute: "/latest/…"
  Secret token;                                   // sent as X-aliyun-ecs-metadata-token, if any
  std::optional<std::chrono::seconds> token_ttl;  // sent as X-aliyun-ecs-metadata-token-ttl-seconds
};

/// One whole answer, of any status.
struct HttpResponse {
  int status = 0;
  Secret body;  // at most kLargestAnswer
  std::optional<std::chrono::sys_seconds>
      date;  // its Date header, where it has one that can be read
};

/// The way to the metadata service: one of the two seams for tests.
///
/// Threads   perform() and finish() from one thread at a time; abort() from any.
/// Failures  perform() fails where no whole answer came: refused, no_network, unreachable,
///           timed_out, cut_off, malformed (too large, no HTTP), local. A status is no failure.
class MetadataTransport {
 public:
  virtual ~MetadataTransport() = default;

  /// Asks, and blocks until the answer is there or `limit` is over.
  virtual Result<HttpResponse> perform(const HttpRequest& request, Duration limit) = 0;

  /// No other request belongs to those before: what is left of them is let go of.
  virtual void finish() = 0;

  /// Ends a perform() that is under way, and each one after it, at once, as timed_out.
  virtual void abort() = 0;

  /// Where requests go, for the log: "http://100.100.100.200".
  virtual std::string url() const = 0;
};

}  // namespace ramrolefs
