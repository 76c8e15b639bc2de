// SPDX-License-Identifier: Apache-2.0
#include "fusefs/status_report.h"

#include <fmt/core.h>

#include <array>
#include <nlohmann/json.hpp>

#include "common/utc.h"

namespace ramrolefs {
namespace {

using Json = nlohmann::ordered_json;  // members stay in the order in which they are written here

constexpr std::array<std::string_view, 4> kStates{"fresh", "idle", "stale", "failed"};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Json in_words(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? Json(format_utc(*time)) : Json();
}

Json error_of(const Status& status) {
  if (!status.last_error) return {};
  const Status::LastError& error = *status.last_error;
  return {{"what", describe(error.cause)},
          {"detail", error.detail},
          {"when", format_utc(error.when)},
          {"count", error.count},
          {"over", error.over}};
}

Json flights_of(const Status& status) {
  const Counters& counters = status.counters;
  return {{"started", counters.started},
          {"rotated", counters.rotated},
          {"confirmed", counters.confirmed},
          {"failed", counters.failed_in_all()},
          {"under_way", status.flying}};
}

Json options_of(const Status& status) {
  Json options = Json::object();
  for (const auto& [name, value] : status.options) options[name] = value;
  return options;
}

/// A member's text, or nothing where there is none of that kind.
std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// "5 h 59 min", of seconds.
std::string in_hours(std::int64_t count) {
  if (count < 60) return fmt::format("{} s", count);
  if (count < 3600) return fmt::format("{} min {} s", count / 60, count % 60);
  return fmt::format("{} h {} min", count / 3600, count % 3600 / 60);
}

std::string for_how_long(const Json& json) {
  const auto found = json.find("valid_for_seconds");
  if (found == json.end() || !found->is_number_integer()) return "";
  return ", for " + in_hours(found->get<std::int64_t>());
}

std::string last_error_for_people(const Json& json) {
  const auto found = json.find("last_error");
  if (found == json.end() || !found->is_object()) return "";
  const std::string detail = text_of(*found, "detail");
  const std::string count = text_of(*found, "count");
  return text_of(*found, "when") + ": " + text_of(*found, "what") +
         (detail.empty() ? "" : ": " + detail) +
         (count.empty() || count == "1" ? "" : ", " + count + " times in a row") +
         (text_of(*found, "over") == "true" ? "; over since" : "");
}

std::string flights_for_people(const Json& json) {
  const auto found = json.find("flights");
  if (found == json.end() || !found->is_object()) return "";
  return fmt::format("{} started, {} rotations, {} confirmed, {} failed",
                     text_of(*found, "started"), text_of(*found, "rotated"),
                     text_of(*found, "confirmed"), text_of(*found, "failed"));
}

ForPeople for_people(const Json& json) {
  ForPeople status{text_of(json, "state"), {}};
  const std::string expiration = text_of(json, "expiration");
  const std::string back_off = text_of(json, "back_off_seconds");
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) status.lines.emplace_back(name, value);
  };
  line("role", text_of(json, "role"));
  line("valid until", expiration.empty() ? "" : expiration + for_how_long(json));
  line("generation", text_of(json, "generation"));
  line("fetched", text_of(json, "fetched"));
  line("next due", text_of(json, "next_due"));
  line("last error", last_error_for_people(json));
  line("next try", back_off.empty() || back_off == "0" || back_off == "0.0"
                       ? ""
                       : "in " + back_off + " s at the earliest");
  line("flights", flights_for_people(json));
  line("readers parked", text_of(json, "readers_parked"));
  line("takeovers", text_of(json, "takeovers"));
  line("clock skew", text_of(json, "clock_skew_seconds").empty()
                         ? ""
                         : text_of(json, "clock_skew_seconds") + " s");
  line("mounted", text_of(json, "since"));
  line("version", text_of(json, "version"));
  return status;
}

}  // namespace

std::string_view to_string(State state) {
  return kStates.at(static_cast<std::size_t>(state));
}

std::string to_json(const Status& status) {
  Json json;
  const auto& hand = status.in_hand;
  const auto of_hand = [&](auto member) { return hand ? Json(member(*hand)) : Json(); };
  using InHand = Status::InHand;
  json["version"] = status.version;
  json["mount_point"] = status.mount_point;
  json["since"] = format_utc(status.since);
  json["state"] = to_string(status.state);
  json["role"] = of_hand([](const InHand& it) { return it.role; });
  json["generation"] = of_hand([](const InHand& it) { return it.generation; });
  json["fetched"] = in_words(status.fetched);
  json["expiration"] = of_hand([](const InHand& it) { return format_utc(it.expiration); });
  json["valid_for_seconds"] = of_hand([](const InHand& it) { return it.valid_for.count(); });
  json["next_due"] = of_hand([](const InHand& it) { return format_utc(it.next_due); });
  json["last_error"] = error_of(status);
  json["flights"] = flights_of(status);
  json["readers_parked"] = status.parked;
  json["takeovers"] = status.takeovers;
  const auto back_off = std::chrono::ceil<std::chrono::milliseconds>(status.back_off);
  json["back_off_seconds"] = seconds(back_off);
  json["clock_skew_seconds"] = status.clock_skew ? Json(status.clock_skew->count()) : Json();
  json["options"] = options_of(status);
  // Names and paths may be of any bytes.
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

tl::expected<ForPeople, std::string> read_status(std::string_view json) {
  try {
    const Json read = Json::parse(json);
    if (read.is_object() && !text_of(read, "state").empty()) return for_people(read);
  } catch (const Json::exception&) {  // said below
  }
  return tl::unexpected(std::string("what it tells of itself is no status"));
}

}  // namespace ramrolefs
