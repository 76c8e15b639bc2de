// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/week_service.h"

#include <algorithm>

#include "tests/unit/credentials.h"

namespace ramrolefs::bench {
namespace {

constexpr Duration kLife = unit::kWholeLife;

std::chrono::sys_seconds to_wall(SteadyTime time) {
  return unit::kStartOfWall + std::chrono::floor<std::chrono::seconds>(time - unit::kStart);
}

}  // namespace

Result<HttpResponse> WeekService::perform(const HttpRequest& request, Duration) {
  const bool put = request.method == Method::put;
  ++(put ? puts_ : gets_);
  if (unavailable()) return HttpResponse{503, Secret(), std::nullopt};
  if (put) return ok("a-token");
  return ok(request.path.ends_with('/') ? "a-role" : newest());
}

HttpResponse WeekService::ok(const std::string& body) const {
  return {200, Secret(body), to_wall(clock_.steady())};
}

std::string WeekService::newest() const {
  const Duration every = kLife - habits_.renews_before;
  const auto number = (clock_.steady() - unit::kStart) / every;
  const SteadyTime made = unit::kStart + number * every;
  Credential credential = unit::make_credential(static_cast<int>(number));
  credential.last_updated = to_wall(made);
  credential.expiration = to_wall(made + kLife);
  return unit::body_of(credential);
}

SteadyTime WeekService::next_expiration() const {
  const Duration every = kLife - habits_.renews_before;
  const Duration since_first = clock_.steady() - unit::kStart - kLife;
  const auto ended = since_first < Duration::zero() ? 0 : since_first / every + 1;
  return unit::kStart + kLife + ended * every;
}

bool WeekService::unavailable() const {
  const Duration left = next_expiration() - clock_.steady();
  return habits_.unavailable_until_then && left <= kLastHalfHour && left > habits_.renews_before;
}

}  // namespace ramrolefs::bench
