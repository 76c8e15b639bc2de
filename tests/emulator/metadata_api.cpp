// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/metadata_api.h"

#include <utility>

#include "tests/emulator/values.h"

namespace ramrolefs::emulator {
namespace {

HttpAnswer text(std::string body) {
  return {.body = std::move(body), .members = {}, .headers = {}};
}

HttpAnswer refusal(int status, const std::string& why) {
  return {.status = status, .body = why + "\n", .members = {}, .headers = {}};
}

HttpAnswer token_answer(EmulatedService& service, const HttpRequest& request, const Moment& now) {
  if (request.method != "PUT") return refusal(405, "a token is asked for with PUT");
  if (request.header("x-forwarded-for")) return refusal(403, "no token through a proxy");
  const auto ttl = request.header("x-aliyun-ecs-metadata-token-ttl-seconds");
  if (!ttl) return refusal(400, "no X-aliyun-ecs-metadata-token-ttl-seconds");
  const auto seconds = parse_integer(*ttl, 1, 21600);
  if (!seconds) return refusal(400, "X-aliyun-ecs-metadata-token-ttl-seconds: " + seconds.error());
  return text(service.issue_token(std::chrono::seconds(*seconds), now.steady));
}

HttpAnswer role_list_answer(const EmulatedService& service) {
  return service.role().empty() ? refusal(404, "no role is attached") : text(service.role());
}

HttpAnswer credential_answer(EmulatedService& service, const HttpRequest& request,
                             const Moment& now) {
  if (service.role().empty() || role_in(request.path) != service.role()) {
    return refusal(404, "this role is not attached");
  }
  return {.content_type = "application/json",
          .body = {},
          .members = members_of(service.credential(now)),
          .headers = {}};
}

HttpAnswer other_answer(const HttpRequest& request) {
  if (request.path == "/latest/meta-data/" || request.path == "/latest/meta-data") {
    return text("ram/\nregion-id");
  }
  return refusal(404, "no such metadata");
}

}  // namespace

HttpAnswer metadata_answer(EmulatedService& service, const HttpRequest& request,
                           const Moment& now) {
  const Endpoint endpoint = endpoint_of(request.path);
  if (endpoint == Endpoint::token) return token_answer(service, request, now);
  if (request.method != "GET" && request.method != "HEAD") {
    return refusal(405, "metadata is read with GET");
  }
  switch (service.access(request.header("x-aliyun-ecs-metadata-token"), now.steady)) {
    case Access::granted:
      break;
    case Access::invalid_token:
      return refusal(401, "the token is invalid or has expired");
    case Access::token_required:
      return refusal(403, "hardened mode: a token is required");
  }
  if (endpoint == Endpoint::role_list) return role_list_answer(service);
  if (endpoint == Endpoint::credential) return credential_answer(service, request, now);
  if (endpoint == Endpoint::region) return text("cn-hangzhou");
  return other_answer(request);
}

}  // namespace ramrolefs::emulator
