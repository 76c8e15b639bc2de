// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/clock.h"
#include "common/credential.h"
#include "common/failure.h"
#include "common/metadata_token.h"
#include "common/metadata_transport.h"

namespace ramrolefs {

/// A credential as it was fetched, with what the answer said about time.
struct Fetched {
  Credential credential;
  SteadyTime asked_at;                       // just before the request that brought it
  SteadyTime expires_at;                     // by the service's own clock, never too late
  std::optional<std::chrono::seconds> skew;  // this machine's clock minus the service's
  std::string region = {};                   // of the instance; empty where it is not known
};

/// Asks the metadata service for the credential of the instance's role, by the contract of
/// Alibaba Cloud's help (view-instance-metadata, instance RAM roles): a token first, the role's
/// name, the role's credential.
///
/// Threads   one at a time.
/// Failures  every cause; a fetch fails as a whole.
/// Time      an answer's Date tells how long its credential has still to live, so that a wrong
///           clock of this machine harms nobody; where there is none, the machine's clock does.
class MetadataClient {
 public:
  struct Options {
    std::optional<std::string> role;  // pinned: the role list is not asked
    bool imdsv1_disabled = false;     // never ask without a token
    bool asks_region = false;         // once, as an instance stays in its region
  };

  static constexpr Duration kRegionLimit = std::chrono::milliseconds(500);

  /// `transport` and `clock` must outlive the client.
  MetadataClient(MetadataTransport& transport, const Clock& clock, Options options);

  /// One flight. Takes `limit` at most. Where the region can't be had, the credential is there all
  /// the same, no later than kRegionLimit, and the next flight asks for it again.
  Result<Fetched> fetch(Duration limit);

  /// Why the last flight had no token, if it had none.
  const std::optional<Failure>& token_failure() const { return token_.failure(); }

 private:
  Result<std::string> fetch_role(SteadyTime deadline);
  void look_for_region(SteadyTime deadline);
  Result<HttpResponse> get(const std::string& path, SteadyTime deadline);
  Result<HttpResponse> get_once(const std::string& path, SteadyTime deadline);
  Failure failure_of_status(int status, const std::string& path) const;

  MetadataTransport& transport_;
  const Clock& clock_;
  Options options_;
  MetadataToken token_;
  std::string region_;
};

}  // namespace ramrolefs
