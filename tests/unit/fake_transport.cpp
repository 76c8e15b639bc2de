// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/fake_transport.h"

#include <algorithm>
#include <new>
#include <utility>

#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

// A test whose subject never calls abort() ends too, and can then say so.
constexpr std::chrono::seconds kLongestBlock{10};

tl::unexpected<Failure> no_answer() {
  return tl::unexpected(Failure{Cause::timed_out, "http://fake"});
}

std::string line_of(const HttpRequest& request) {
  return (request.method == Method::put ? "PUT " : "GET ") + request.path;
}

}  // namespace

Result<HttpResponse> FakeTransport::perform(const HttpRequest& request, Duration limit) {
  std::unique_lock lock(mutex_);
  requests_.push_back(
      {line_of(request), std::string(request.token.expose()), request.token_ttl, limit});
  if (aborted_) return no_answer();
  const Behaviour behaviour = behave(request);
  if (std::holds_alternative<Blocks>(behaviour)) return block(lock);
  if (std::holds_alternative<NoMemory>(behaviour)) throw std::bad_alloc();
  if (std::holds_alternative<Hangs>(behaviour) || latency_ >= limit) {
    clock_.advance(std::max(limit, Duration::zero()));
    return no_answer();
  }
  clock_.advance(latency_);
  if (const auto* failure = std::get_if<Failure>(&behaviour)) return tl::unexpected(*failure);
  return std::get<HttpResponse>(behaviour);
}

Result<HttpResponse> FakeTransport::block(std::unique_lock<std::mutex>& lock) {
  blocked_ = true;
  changed_.notify_all();
  was_aborted_ = changed_.wait_for(lock, kLongestBlock, [this] { return aborted_; });
  return no_answer();
}

void FakeTransport::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = requests_.size();
}

void FakeTransport::abort() {
  {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
  }
  changed_.notify_all();
}

FakeTransport::Behaviour FakeTransport::behave(const HttpRequest& request) {
  auto& script = scripts_[request.path];
  if (script.once) return *std::exchange(script.once, std::nullopt);
  if (script.always) return *script.always;
  return behave_as_usual(request);
}

FakeTransport::Behaviour FakeTransport::behave_as_usual(const HttpRequest& request) {
  const bool for_token = request.path == kTokenPath;
  if (for_token != (request.method == Method::put)) return status(405);
  if (for_token) return give_token(request);
  if (request.token.empty() ? tokens_required_ : !takes(request.token)) return status(401);
  if (request.path == kListPath) return ok("a-role");
  if (request.path == kRolePath) return ok(body_of(make_credential()));
  return status(404);
}

bool FakeTransport::takes(const Secret& token) const {
  const auto found = tokens_.find(std::string(token.expose()));
  return found != tokens_.end() && clock_.steady() < found->second;
}

HttpResponse FakeTransport::give_token(const HttpRequest& request) {
  const auto ttl = request.token_ttl.value_or(std::chrono::seconds(0));
  if (ttl < std::chrono::seconds(1) || ttl > std::chrono::seconds(21600)) return status(400);
  const std::string token = "token-of-the-service-" + std::to_string(++tokens_given_);
  tokens_[token] = clock_.steady() + ttl;
  return ok(token);
}

void FakeTransport::set(const std::string& path, const Behaviour& behaviour) {
  const std::lock_guard lock(mutex_);
  scripts_[path].always = behaviour;
}

void FakeTransport::set_once(const std::string& path, const Behaviour& behaviour) {
  const std::lock_guard lock(mutex_);
  scripts_[path].once = behaviour;
}

void FakeTransport::require_tokens() {
  const std::lock_guard lock(mutex_);
  tokens_required_ = true;
}

void FakeTransport::forget_tokens() {
  const std::lock_guard lock(mutex_);
  tokens_.clear();
}

void FakeTransport::set_latency(Duration latency) {
  const std::lock_guard lock(mutex_);
  latency_ = latency;
}

HttpResponse FakeTransport::ok(const std::string& body) const {
  return {200, Secret(body), time()};
}

std::chrono::sys_seconds FakeTransport::time() const {
  return kStartOfWall + std::chrono::floor<std::chrono::seconds>(clock_.steady() - kStart);
}

std::vector<FakeTransport::Request> FakeTransport::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeTransport::lines() const {
  std::vector<std::string> lines;
  for (const auto& request : requests()) lines.push_back(request.line);
  return lines;
}

int FakeTransport::count(const std::string& line) const {
  const auto all = lines();
  return static_cast<int>(std::count(all.begin(), all.end(), line));
}

std::size_t FakeTransport::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_;
}

void FakeTransport::wait_until_blocked() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kLongestBlock, [this] { return blocked_; });
}

bool FakeTransport::was_aborted() const {
  const std::lock_guard lock(mutex_);
  return was_aborted_;
}

}  // namespace ramrolefs::unit
