// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/metadata_transport.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::bench {

/// A metadata service for weeks that pass in seconds: it makes credentials by the clock, one
/// before the other ends, answers at once, and counts what it is asked.
///
/// Threads   one.
class WeekService final : public MetadataTransport {
 public:
  struct Habits {
    Duration renews_before;  // an Expiration
    // From half an hour before an Expiration until it renews.
    bool unavailable_until_then = false;
  };

  /// `clock` must outlive it.
  WeekService(const unit::FakeClock& clock, const Habits& habits)
      : clock_(clock), habits_(habits) {}

  Result<HttpResponse> perform(const HttpRequest& request, Duration limit) override;
  void finish() override {}
  void abort() override {}
  std::string url() const override { return "http://week"; }

  /// When the next Expiration is, of whichever credential.
  SteadyTime next_expiration() const;

  long gets() const { return gets_; }
  long puts() const { return puts_; }

 private:
  HttpResponse ok(const std::string& body) const;
  std::string newest() const;
  bool unavailable() const;

  const unit::FakeClock& clock_;
  Habits habits_;
  long gets_ = 0;
  long puts_ = 0;
};

/// How long before an Expiration more may be asked: a second more by the service's clock than by
/// the client's, who knows that clock by a Date without fractions, and counts on the worst.
constexpr Duration kLastHalfHour = std::chrono::minutes(30) + std::chrono::seconds(1);

}  // namespace ramrolefs::bench
