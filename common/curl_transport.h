// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/metadata_transport.h"

namespace ramrolefs {

/// HTTP by libcurl, as the metadata service wants it: plain http, no proxy (the service answers 403
/// to what a proxy forwards), no redirect followed, the body capped, connect and whole request
/// bounded in time, the connection kept for the next request of the flight.
///
/// Threads   as MetadataTransport. Construct the first one before any other thread runs: it
///           initialises libcurl (curl_global_init(3)).
/// Owns      its libcurl handles and the connection, from the first request of a flight until
///           finish(): libcurl keeps a buffer in them that has held the answer, and its requests.
///           Its own for an answer is wiped after each.
class CurlTransport final : public MetadataTransport {
 public:
  /// `addresses` are those of the host, as host_addresses() has found them: no name is looked up
  /// then. Without them, a host that is a name is looked up when a connection is made. Whatever
  /// libcurl needs of files has been read by the end of this.
  /// Requires: `url` as check_metadata_url() returns it.
  explicit CurlTransport(std::string url, const std::vector<std::string>& addresses = {});
  ~CurlTransport() override;

  Result<HttpResponse> perform(const HttpRequest& request, Duration limit) override;
  void finish() override;
  void abort() override;
  std::string url() const override;

 private:
  class Handles;
  std::string url_;
  std::string pinned_;  // the host's addresses, as libcurl takes them; empty: to be looked up
  std::atomic<bool> aborted_ = false;
  std::mutex mutex_;  // held to make handles_, to give them back, and by abort() to touch them
  std::unique_ptr<Handles> handles_;
};

/// Of the library that is loaded: "7.88.1".
std::string libcurl_version();

}  // namespace ramrolefs
