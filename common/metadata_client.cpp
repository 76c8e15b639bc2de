// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_client.h"

#include <algorithm>
#include <utility>

#include "common/http_status.h"
#include "common/metadata_answer.h"

namespace ramrolefs {
namespace {

constexpr const char* kRoleList = "/latest/meta-data/ram/security-credentials/";
constexpr const char* kRegion = "/latest/meta-data/region-id";

// A Date is cut to whole seconds: the service's clock may be up to one ahead of it.
constexpr std::chrono::seconds kDateGrain{1};

// Far beyond any credential's life, and within what a Duration of nanoseconds can hold.
constexpr std::chrono::seconds kLongestLife = std::chrono::years(10);

/// What the credential still has to live, counted from before its request was sent.
std::chrono::seconds remaining_life(const Credential& credential, const HttpResponse& response,
                                    std::chrono::sys_seconds wall) {
  const auto now = response.date ? *response.date + kDateGrain : wall;
  return std::min(credential.expiration - now, kLongestLife);
}

}  // namespace

MetadataClient::MetadataClient(MetadataTransport& transport, const Clock& clock, Options options)
    : transport_(transport),
      clock_(clock),
      options_(std::move(options)),
      token_(transport, clock) {}

Result<Fetched> MetadataClient::fetch(Duration limit) {
  const SteadyTime deadline = clock_.steady() + limit;
  // A token endpoint that does not answer must leave time for asking without one.
  token_.ensure(options_.imdsv1_disabled ? limit : limit / 2);
  if (token_.failure() && options_.imdsv1_disabled) return tl::unexpected(*token_.failure());

  const auto role = fetch_role(deadline);
  if (!role) return tl::unexpected(role.error());

  const SteadyTime asked_at = clock_.steady();
  const auto wall = std::chrono::ceil<std::chrono::seconds>(clock_.wall());
  const auto response = get(kRoleList + *role, deadline);
  if (!response) return tl::unexpected(response.error());
  auto credential = parse_credential(response->body.expose(), *role, response->date.value_or(wall));
  if (!credential) {
    credential.error().detail += " (" + transport_.url() + kRoleList + *role + ")";
    return tl::unexpected(credential.error());
  }
  const auto life = remaining_life(*credential, *response, wall);
  if (life <= std::chrono::seconds(0)) {
    return tl::unexpected(Failure{Cause::expired, transport_.url() + kRoleList + *role});
  }
  std::optional<std::chrono::seconds> skew;
  if (response->date) skew = wall - *response->date;
  look_for_region(deadline);
  return Fetched{std::move(*credential), asked_at, asked_at + life, skew, region_};
}

void MetadataClient::look_for_region(SteadyTime deadline) {
  if (!options_.asks_region || !region_.empty()) return;
  const SteadyTime now = clock_.steady();
  if (now >= deadline) return;
  const auto response = get_once(kRegion, std::min(deadline, now + kRegionLimit));
  if (!response || response->status != 200) return;
  if (auto region = parse_region(response->body.expose())) region_ = std::move(*region);
}

Result<std::string> MetadataClient::fetch_role(SteadyTime deadline) {
  if (options_.role) return *options_.role;
  const auto response = get(kRoleList, deadline);
  if (!response) return tl::unexpected(response.error());
  auto role = parse_role_name(response->body.expose());
  if (!role) role.error().detail += " (" + transport_.url() + kRoleList + ")";
  return role;
}

Result<HttpResponse> MetadataClient::get(const std::string& path, SteadyTime deadline) {
  auto response = get_once(path, deadline);
  if (response && response->status == 401 && !token_.value().empty()) {
    token_.drop();  // the service knows it no more, although its time is not over
    token_.ensure(deadline - clock_.steady());
    if (token_.failure() && options_.imdsv1_disabled) return tl::unexpected(*token_.failure());
    response = get_once(path, deadline);
  }
  if (response && response->status != 200) {
    return tl::unexpected(failure_of_status(response->status, path));
  }
  return response;
}

Result<HttpResponse> MetadataClient::get_once(const std::string& path, SteadyTime deadline) {
  HttpRequest request;
  request.path = path;
  request.token = token_.value();
  return transport_.perform(request, std::max(deadline - clock_.steady(), Duration(1)));
}

Failure MetadataClient::failure_of_status(int status, const std::string& path) const {
  Cause cause = cause_of_status(status);
  const auto& no_token = token_.failure();
  if (cause == Cause::denied && no_token && may_pass(no_token->cause)) cause = Cause::no_token;
  return status_failure(cause, status, transport_.url() + path);
}

}  // namespace ramrolefs
