// SPDX-License-Identifier: Apache-2.0
// A Status in the text format of Prometheus.
#include <fmt/core.h>

#include <array>
#include <utility>

#include "fusefs/status_report.h"

namespace ramrolefs {
namespace {

constexpr std::array kAllStates{State::fresh, State::idle, State::stale, State::failed};

/// The `cause` of ramrolefs_flights_failed_total: documented, stays what it is.
constexpr std::array kCauseNames{"no_role",           "refused", "no_network", "unreachable",
                                 "timed_out",         "denied",  "no_token",   "unavailable",
                                 "unexpected_status", "cut_off", "malformed",  "not_successful",
                                 "expired",           "local"};
static_assert(kCauseNames.size() == kCauses);

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// A label's value: what is in quotes.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  return text;
}

/// Writes samples, each family below its HELP and TYPE. All bear the mount point, lest two mounts
/// of a machine tell of the same.
class Exposition {
 public:
  explicit Exposition(std::string_view mount_point)
      : labels_(fmt::format("mount_point=\"{}\"", escaped(mount_point))) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP ramrolefs_{0} {2}\n# TYPE ramrolefs_{0} {1}\n", name, type, help);
  }
  template <typename Value>
  void sample(Value value, std::string_view label = {}, std::string_view suffix = {}) {
    text_ += fmt::format("ramrolefs_{}{}{{{}{}{}}} {}\n", name_, suffix, labels_,
                         label.empty() ? "" : ",", label, value);
  }
  template <typename Value>
  void gauge(std::string_view name, std::string_view help, Value value) {
    family(name, "gauge", help);
    sample(value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help);
    sample(value);
  }
  /// Of which there may be nothing to tell.
  void time(std::string_view name, std::string_view help,
            const std::optional<std::chrono::sys_seconds>& time) {
    if (time) gauge(name, help, time->time_since_epoch().count());
  }

  std::string text() && { return std::move(text_); }

 private:
  std::string labels_;
  std::string name_;
  std::string text_;
};

void put_credential(Exposition& to, const Status& status) {
  to.family("state", "gauge", "Whether it is in this state: fresh, idle, stale or failed.");
  for (const State state : kAllStates) {
    to.sample(status.state == state ? 1 : 0, fmt::format("state=\"{}\"", to_string(state)));
  }
  to.gauge("credential_valid", "Whether a valid credential is in hand.", status.in_hand ? 1 : 0);
  if (status.in_hand) {
    to.gauge("credential_generation", "The number of the credential in hand.",
             status.in_hand->generation);
    to.time("credential_expiration_timestamp_seconds", "When the credential in hand expires.",
            status.in_hand->expiration);
    to.time("credential_due_timestamp_seconds", "From when on a read asks for a newer one.",
            status.in_hand->next_due);
  }
  to.time("credential_fetched_timestamp_seconds",
          "When the last answer came that held a credential.", status.fetched);
  if (status.clock_skew) {
    to.gauge("clock_skew_seconds", "This machine's clock minus the metadata service's.",
             status.clock_skew->count());
  }
}

void put_fetch_time(Exposition& to, const Counters& counters) {
  to.family("fetch_seconds", "histogram", "How long flights took that have ended.");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < Counters::kBuckets.size(); ++i) {
    sum += counters.took.at(i);
    to.sample(sum, fmt::format("le=\"{}\"", seconds(Counters::kBuckets.at(i))), "_bucket");
  }
  sum += counters.took.back();
  to.sample(sum, "le=\"+Inf\"", "_bucket");
  to.sample(static_cast<double>(counters.took_nanoseconds) / 1e9, {}, "_sum");
  to.sample(sum, {}, "_count");
}

void put_flights(Exposition& to, const Status& status) {
  const Counters& counters = status.counters;
  to.counter("flights_started_total", "Fetches from the metadata service that were started.",
             counters.started);
  to.counter("rotations_total", "Flights that brought a new credential.", counters.rotated);
  to.counter("confirmations_total", "Flights that brought the credential in hand.",
             counters.confirmed);
  to.family("flights_failed_total", "counter", "Flights that failed, by cause.");
  for (std::size_t i = 0; i < kCauses; ++i) {
    to.sample(counters.failed.at(i), fmt::format("cause=\"{}\"", kCauseNames.at(i)));
  }
  put_fetch_time(to, counters);
  const auto& error = status.last_error;
  to.gauge("failures_in_a_row", "Flights that failed since the last one that did not.",
           error && !error->over ? error->count : 0);
  to.time("last_failure_timestamp_seconds", "When the last flight failed that did.",
          error ? std::optional(error->when) : std::nullopt);
  to.gauge("back_off_seconds", "Until the next flight may start.", seconds(status.back_off));
}

}  // namespace

std::string to_metrics(const Status& status) {
  Exposition to(status.mount_point);
  to.family("info", "gauge", "The version that serves.");
  to.sample(1, fmt::format("version=\"{}\"", escaped(status.version)));
  to.time("mount_timestamp_seconds", "When it was mounted.", status.since);
  put_credential(to, status);
  put_flights(to, status);
  to.counter("lookups_total", "Names of values that the kernel has asked for.",
             status.counters.lookups);
  to.gauge("parked_readers", "Readers that wait for a flight.", status.parked);
  to.counter("readers_parked_total", "Readers that had to wait for a flight.",
             status.counters.parked);
  to.counter("takeovers_total", "Processes that took over from one that had served.",
             status.takeovers);
  to.counter("requests_replayed_total", "Requests that were served again after a takeover.",
             status.replayed);
  return std::move(to).text();
}

}  // namespace ramrolefs
