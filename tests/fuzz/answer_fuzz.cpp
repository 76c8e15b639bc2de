// SPDX-License-Identifier: Apache-2.0
// What the metadata service may answer: each parser alone, and a flight in which the input is the
// answers, one after another with a NUL between them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/metadata_answer.h"
#include "common/metadata_client.h"
#include "common/utc.h"
#include "tests/fuzz/check.h"
#include "tests/unit/fake_clock.h"

namespace ramrolefs::fuzz {
namespace {

constexpr const char* kRole = "a-role";

bool is_visible(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// An Expiration is written out again: into a file, and into the log.
bool is_a_time(std::chrono::sys_seconds time) {
  const auto again = parse_utc(format_utc(time));
  return again && *again == time;
}

void check_good(const Credential& credential) {
  check(is_visible(credential.access_key_id.expose()), "AccessKeyId is printable");
  check(is_visible(credential.access_key_secret.expose()), "AccessKeySecret is printable");
  check(is_visible(credential.security_token.expose()), "SecurityToken is printable");
  check(is_a_time(credential.expiration), "Expiration can be written as it was read");
}

Result<Credential> read_credential(std::string_view body) {
  return parse_credential(body, kRole, unit::kStartOfWall);
}

void try_credential(std::string_view input) {
  const auto credential = read_credential(input);
  if (credential) return check_good(*credential);
  check_tells_nothing(credential.error().detail, input, [](std::string_view other) {
    const auto again = read_credential(other);
    return again ? "" : again.error().detail;
  });
}

void try_names(std::string_view input) {
  if (const auto role = parse_role_name(input)) {
    check(is_role_name(*role) && input.find(*role) != std::string_view::npos, "a role's name");
  }
  if (const auto token = parse_token(input)) {
    const auto text = token->expose();
    check(is_visible(text) && text.find(' ') == std::string_view::npos && text.size() <= 4096,
          "a token is a header's value");
  }
}

void try_times(std::string_view input) {
  if (const auto time = parse_utc(input)) {
    check(format_utc(*time) == input, "a time is written as it was read");
  }
  (void)parse_http_date(std::string(input));
}

/// How long the parts before the last are: the role's name, which is no secret, is in the log.
std::size_t size_without_role(std::string_view input) {
  std::size_t end = 0;
  for (int part = 0; part < 3 && end < input.size(); ++part) {
    end = std::min(input.find('\0', end), input.size() - 1) + 1;
  }
  return end;
}

/// A metadata service whose answers are the input's parts: credential, Date, token, role list.
class Service final : public MetadataTransport {
 public:
  explicit Service(std::string_view input) {
    for (std::string& part : parts_) {
      const auto end = std::min(input.find('\0'), input.size());
      part = input.substr(0, end);
      input.remove_prefix(std::min(end + 1, input.size()));
    }
  }

  Result<HttpResponse> perform(const HttpRequest& request, Duration) override {
    const auto& [credential, date, token, list] = parts_;
    if (request.method == Method::put) return answer(token, date);
    if (request.path.ends_with('/')) return answer(list.empty() ? kRole : list, date);
    return answer(credential, date);
  }
  void abort() override {}
  void finish() override {}
  std::string url() const override { return "http://fuzz"; }

 private:
  static HttpResponse answer(const std::string& body, const std::string& date) {
    return {200, Secret(body), parse_http_date(date)};
  }

  std::array<std::string, 4> parts_;
};

Result<Fetched> fly(std::string_view input) {
  const unit::FakeClock clock;
  Service service(input);
  return MetadataClient(service, clock, {}).fetch(std::chrono::seconds(5));
}

void try_flight(std::string_view input) {
  const auto fetched = fly(input);
  if (fetched) {
    check_good(fetched->credential);
    check(fetched->expires_at > fetched->asked_at, "what is fetched is valid");
    return;
  }
  const std::size_t end = size_without_role(input);
  check_tells_nothing(fetched.error().detail, input.substr(0, end), [&](std::string_view other) {
    const auto again = fly(std::string(other) + std::string(input.substr(end)));
    return again ? "" : again.error().detail;
  });
}

}  // namespace
}  // namespace ramrolefs::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  ramrolefs::fuzz::try_credential(input);
  ramrolefs::fuzz::try_names(input);
  ramrolefs::fuzz::try_times(input);
  ramrolefs::fuzz::try_flight(input);
  return 0;
}
