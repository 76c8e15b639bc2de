// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_token.h"

#include "common/http_status.h"
#include "common/metadata_answer.h"

namespace ramrolefs {
namespace {

constexpr const char* kPath = "/latest/api/token";
constexpr std::chrono::seconds kTtl{21600};  // the longest that the service takes
constexpr std::chrono::seconds kMargin{60};

}  // namespace

void MetadataToken::ensure(Duration limit) {
  failure_.reset();
  if (!value_.empty() && clock_.steady() < use_until_) return;
  drop();
  const SteadyTime asked_at = clock_.steady();
  auto token = ask(limit);
  if (!token) {
    failure_ = token.error();
    return;
  }
  value_ = std::move(*token);
  use_until_ = asked_at + kTtl - kMargin;
}

void MetadataToken::drop() {
  value_ = Secret();
}

Result<Secret> MetadataToken::ask(Duration limit) {
  HttpRequest request;
  request.method = Method::put;
  request.path = kPath;
  request.token_ttl = kTtl;
  const auto response = transport_.perform(request, limit);
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200) {
    // 404 and 405 here say that there are no tokens to be had, not that there is no role.
    const bool none = response->status == 404 || response->status == 405;
    const Cause cause = none ? Cause::denied : cause_of_status(response->status);
    return tl::unexpected(status_failure(cause, response->status, transport_.url() + kPath));
  }
  return parse_token(response->body.expose());
}

}  // namespace ramrolefs
