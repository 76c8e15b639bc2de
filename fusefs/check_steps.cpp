// SPDX-License-Identifier: Apache-2.0
#include "fusefs/check_steps.h"

#include <fmt/core.h>

#include <utility>

#include "common/http_status.h"
#include "common/metadata_answer.h"
#include "common/utc.h"
#include "fusefs/advice.h"

namespace ramrolefs {
namespace {

using Mark = CheckStep::Mark;

constexpr const char* kRoles = "/latest/meta-data/ram/";
constexpr const char* kRegion = "/latest/meta-data/region-id";

constexpr std::chrono::seconds kLargestSkew{60};

enum class Stage { token, role, credential };

CheckStep good(const char* name, std::string text) {
  return {Mark::good, name, std::move(text), ""};
}

CheckStep skipped(const char* name, std::string text = "") {
  return {Mark::skipped, name, std::move(text), ""};
}

std::string text_of(const Failure& failure) {
  return fmt::format("{}: {}", describe(failure.cause), failure.detail);
}

CheckStep bad(const char* name, const Failure& failure) {
  return {Mark::bad, name, text_of(failure), std::string(advice(failure.cause))};
}

std::string text_of(std::chrono::seconds span) {
  const auto count = span.count();
  if (count < 60) return fmt::format("{} s", count);
  if (count < 3600) return fmt::format("{} min {} s", count / 60, count % 60);
  return fmt::format("{} h {} min", count / 3600, count % 3600 / 60);
}

/// The transport, with an eye on what becomes of each request of a flight. Of the answers it keeps
/// nothing.
class Observer final : public MetadataTransport {
 public:
  Observer(MetadataTransport& transport, const Clock& clock)
      : transport_(transport), clock_(clock) {}

  Result<HttpResponse> perform(const HttpRequest& request, Duration limit) override {
    note(request);
    auto response = transport_.perform(request, limit);
    if (response) note(request, *response);
    return response;
  }
  void finish() override { transport_.finish(); }
  void abort() override { transport_.abort(); }
  std::string url() const override { return transport_.url(); }

  /// Any answer came.
  bool answered() const { return answered_; }
  /// A status of 200, other than to what asks for a token.
  bool given() const { return given_; }
  /// What was asked for last.
  Stage stage() const { return stage_; }
  /// Of which role the credential was asked.
  const std::string& role() const { return role_; }
  /// The last token that was sent.
  const Secret& token() const { return token_; }
  /// This machine's clock minus the service's.
  const std::optional<std::chrono::seconds>& skew() const { return skew_; }

 private:
  void note(const HttpRequest& request) {
    token_ = request.token;
    if (request.method == Method::put) {
      stage_ = Stage::token;
    } else if (request.path.starts_with(kRoles)) {
      role_ = request.path.substr(request.path.rfind('/') + 1);
      stage_ = role_.empty() ? Stage::role : Stage::credential;
    }
  }

  void note(const HttpRequest& request, const HttpResponse& response) {
    answered_ = true;
    if (request.method == Method::get && response.status == 200) given_ = true;
    if (!response.date) return;
    skew_ = std::chrono::floor<std::chrono::seconds>(clock_.wall()) - *response.date;
  }

  MetadataTransport& transport_;
  const Clock& clock_;
  bool answered_ = false;
  bool given_ = false;
  Stage stage_ = Stage::token;
  std::string role_;
  Secret token_;
  std::optional<std::chrono::seconds> skew_;
};

/// Where a flight failed. Where nothing is given without a token, it is for want of one.
Stage failed_stage(const Failure& failure, const std::optional<Failure>& no_token,
                   const Observer& observer) {
  const bool for_want_of_token =
      no_token && !observer.given() &&
      (failure.cause == no_token->cause || failure.cause == Cause::denied ||
       failure.cause == Cause::no_token);
  return for_want_of_token ? Stage::token : observer.stage();
}

/// What a flight came to.
struct Flown {
  const MetadataClient::Options& options;
  const Observer& observer;
  const Result<Fetched>& fetched;
  const std::optional<Failure>& no_token;

  bool failed_at(Stage stage) const { return !fetched && failed() == stage; }
  bool failed_before(Stage stage) const { return !fetched && failed() < stage; }

 private:
  Stage failed() const { return failed_stage(fetched.error(), no_token, observer); }
};

CheckStep check_token(const Flown& flown) {
  if (flown.failed_at(Stage::token)) {
    CheckStep step = bad("token", flown.fetched.error());
    if (flown.options.imdsv1_disabled) step.advice += " It is a must by --disable-imdsv1.";
    return step;
  }
  if (flown.no_token) {
    return {Mark::notable, "token", text_of(*flown.no_token),
            "So the service is asked without one, which is fine but in hardened mode."};
  }
  return good("token", "given, as hardened mode wants it");
}

CheckStep check_role(const Flown& flown) {
  if (flown.failed_before(Stage::role)) return skipped("role");
  if (flown.failed_at(Stage::role)) {
    CheckStep step = bad("role", flown.fetched.error());
    if (flown.no_token) step.advice += " But it gives no token either: is it the metadata service?";
    return step;
  }
  const auto& pinned = flown.options.role;
  return good("role", pinned ? *pinned + ", by --role" : flown.observer.role());
}

CheckStep check_credential(const Flown& flown, SteadyTime now) {
  if (flown.failed_before(Stage::credential)) return skipped("credential");
  if (flown.failed_at(Stage::credential)) return bad("credential", flown.fetched.error());
  const auto life = std::chrono::floor<std::chrono::seconds>(flown.fetched->expires_at - now);
  return good("credential",
              fmt::format("valid until {}, for {}",
                          format_utc(flown.fetched->credential.expiration), text_of(life)));
}

CheckStep check_clock(const std::optional<std::chrono::seconds>& skew) {
  if (!skew) return skipped("clock", "the service does not tell the time");
  if (std::chrono::abs(*skew) <= kLargestSkew) return good("clock", "as the service's");
  return {Mark::bad, "clock",
          fmt::format("{} {} the service's", text_of(std::chrono::abs(*skew)),
                      skew->count() > 0 ? "ahead of" : "behind"),
          "The mount counts by the service's clock, but applications sign by this machine's. Let "
          "NTP set it (chronyc tracking, or timedatectl)."};
}

/// Beside the way: where it fails, a mount lacks nothing but the region.
CheckStep check_region(MetadataTransport& transport, const Secret& token, Duration limit) {
  HttpRequest request;
  request.path = kRegion;
  request.token = token;
  const auto response = transport.perform(request, limit);
  if (!response) return {Mark::notable, "region", text_of(response.error()), ""};
  if (response->status != 200) {
    return {Mark::notable, "region", fmt::format("status {}", response->status), ""};
  }
  const auto region = parse_region(response->body.expose());
  if (!region) return {Mark::notable, "region", "malformed answer", ""};
  return good("region", *region);
}

}  // namespace

CheckStep check_instance(const std::string& product_name) {
  constexpr const char* kInstance = "Alibaba Cloud ECS";
  if (product_name == kInstance) return good("instance", kInstance);
  return {
      Mark::notable, "instance",
      product_name.empty() ? "not known to be an ECS instance"
                           : "not an ECS instance: " + product_name,
      "Only such an instance, in a VPC, has the service. In a container it may be hidden that this "
      "is one."};
}

CheckStep check_route(const Result<Route>& route) {
  if (!route) return bad("route", route.error());
  std::string text = fmt::format("to {} from {}", route->destination, route->source);
  if (!route->interface.empty()) text += " by " + route->interface;
  if (route->claimant.empty()) return good("route", std::move(text));
  return {
      Mark::notable, "route", std::move(text),
      route->claimant +
          " looks like a VPN that claims 100.64.0.0/10, where the service's address lies. If the "
          "service does not answer, have it leave out 100.100.100.200, and not filter packets "
          "(Tailscale: --netfilter-mode=off), or stop it."};
}

std::vector<CheckStep> check_service(MetadataTransport& transport, const Clock& clock,
                                     const MetadataClient::Options& options, Duration limit) {
  Observer observer(transport, clock);
  MetadataClient client(observer, clock, options);
  const auto fetched = client.fetch(limit);
  if (!observer.answered()) {
    auto steps = skip_service();
    steps.front() = bad("address", fetched.error());
    return steps;
  }
  const Flown flown{options, observer, fetched, client.token_failure()};
  std::vector<CheckStep> steps{good("address", transport.url() + " answers"), check_token(flown),
                               check_role(flown), check_credential(flown, clock.steady()),
                               check_clock(observer.skew())};
  steps.push_back(fetched ? check_region(transport, observer.token(), limit) : skipped("region"));
  return steps;
}

std::vector<CheckStep> skip_service() {
  return {skipped("address"),    skipped("token"), skipped("role"),
          skipped("credential"), skipped("clock"), skipped("region")};
}

}  // namespace ramrolefs
