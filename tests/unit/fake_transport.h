// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/metadata_transport.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::unit {

// By the service's contract, and not by our constants: a test must see when those are wrong.
constexpr const char* kTokenPath = "/latest/api/token";
constexpr const char* kListPath = "/latest/meta-data/ram/security-credentials/";
constexpr const char* kRolePath = "/latest/meta-data/ram/security-credentials/a-role";

/// A metadata service without a network: it has the role "a-role" with make_credential(1), gives
/// out tokens and checks those it is sent, and tells its own time in each answer. A test has a path
/// behave otherwise.
///
/// Threads   any.
/// Time      its clock is right, whatever the wall clock of the machine shows.
class FakeTransport final : public MetadataTransport {
 public:
  struct Hangs {};     // no answer: the limit passes, by the clock
  struct Blocks {};    // no answer until abort(), in real time
  struct NoMemory {};  // std::bad_alloc
  using Behaviour = std::variant<HttpResponse, Failure, Hangs, Blocks, NoMemory>;

  /// One request as it came.
  struct Request {
    std::string line;  // "GET /latest/…"
    std::string token;
    std::optional<std::chrono::seconds> token_ttl;
    Duration limit;
  };

  explicit FakeTransport(FakeClock& clock) : clock_(clock) {}

  Result<HttpResponse> perform(const HttpRequest& request, Duration limit) override;
  void finish() override;
  void abort() override;
  std::string url() const override { return "http://fake"; }

  /// How `path` behaves from now on.
  void set(const std::string& path, const Behaviour& behaviour);
  /// How it behaves at the next request alone.
  void set_once(const std::string& path, const Behaviour& behaviour);
  /// Hardened mode: 401 without a token.
  void require_tokens();
  /// Those given out until now are good no more.
  void forget_tokens();
  /// Each answer takes that long, by the clock.
  void set_latency(Duration latency);

  /// An answer of status 200 with the time of now.
  HttpResponse ok(const std::string& body) const;
  static HttpResponse status(int status) { return {status, Secret(), std::nullopt}; }
  std::chrono::sys_seconds time() const;

  std::vector<Request> requests() const;
  std::vector<std::string> lines() const;
  int count(const std::string& line) const;
  /// How many requests there had been at the last finish().
  std::size_t finished() const;
  /// Waits until a request blocks.
  void wait_until_blocked();
  /// Whether one that blocked was ended by abort().
  bool was_aborted() const;

 private:
  struct Script {
    std::optional<Behaviour> once;
    std::optional<Behaviour> always;
  };

  Behaviour behave(const HttpRequest& request);
  Behaviour behave_as_usual(const HttpRequest& request);
  bool takes(const Secret& token) const;
  HttpResponse give_token(const HttpRequest& request);
  Result<HttpResponse> block(std::unique_lock<std::mutex>& lock);

  FakeClock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::map<std::string, Script> scripts_;
  std::map<std::string, SteadyTime> tokens_;  // and until when each is good
  std::vector<Request> requests_;
  std::size_t finished_ = 0;
  Duration latency_{};
  bool tokens_required_ = false;
  int tokens_given_ = 0;
  bool aborted_ = false;
  bool blocked_ = false;
  bool was_aborted_ = false;
};

}  // namespace ramrolefs::unit
