// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/control.h"

#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/emulator/parameters.h"
#include "tests/emulator/spoil.h"
#include "tests/emulator/state_json.h"

namespace ramrolefs::emulator {
namespace {

HttpAnswer json(int status, std::string body) {
  return {.status = status,
          .content_type = "application/json",
          .body = std::move(body),
          .members = {},
          .headers = {}};
}

HttpAnswer refusal(int status, const std::string& why) {
  return json(status, error_json(why));
}

HttpAnswer state(Controlled& on) {
  // The credential is looked at first: a renewal that is due counts as made.
  if (!on.service.role().empty()) on.service.credential(on.now);
  return json(200, state_json(on.service, on.faults, on.now));
}

HttpAnswer show_state(Controlled& on, const HttpRequest&) {
  return state(on);
}

HttpAnswer show_credential(Controlled& on, const HttpRequest&) {
  if (on.service.role().empty()) return refusal(404, "no role is attached");
  return json(200, to_json(members_of(on.service.credential(on.now))));
}

HttpAnswer rotate(Controlled& on, const HttpRequest&) {
  if (on.service.role().empty()) return refusal(409, "no role is attached: nothing to rotate");
  on.service.rotate(on.now);
  return state(on);
}

HttpAnswer change_role(Controlled& on, const HttpRequest& request) {
  const auto name = parameter(request.parameters, "name");
  if (!name) return refusal(400, "name is missing; allowed: a role's name; empty for no role");
  std::string role;
  const auto stored = store(role, "name", parse_role(*name));
  if (!stored) return refusal(400, stored.error());
  on.service.attach(role, on.now);
  return state(on);
}

Parsed<void> read_setting(Settings& settings, const std::string& name, const std::string& value) {
  if (name == "lifetime") return store(settings.lifetime, name, parse_lifetime(value));
  if (name == "renew_before") return store(settings.renew_before, name, parse_renew_before(value));
  if (name == "clock_offset") return store(settings.clock_offset, name, parse_clock_offset(value));
  if (name == "hardened") return store(settings.hardened, name, parse_switch(value));
  return {};
}

HttpAnswer set(Controlled& on, const HttpRequest& request) {
  if (request.parameters.empty()) {
    return refusal(400, "nothing to set; allowed: lifetime, renew_before, clock_offset, hardened");
  }
  Settings settings = on.service.settings();
  for (const auto& [name, value] : request.parameters) {
    const auto read = read_setting(settings, name, value);
    if (!read) return refusal(400, read.error());
  }
  on.service.set(settings);
  return state(on);
}

HttpAnswer invalidate_tokens(Controlled& on, const HttpRequest&) {
  on.service.invalidate_tokens();
  return state(on);
}

HttpAnswer reset_counters(Controlled& on, const HttpRequest&) {
  on.service.counters() = {};
  return state(on);
}

HttpAnswer order_fault(Controlled& on, const HttpRequest& request) {
  const auto fault = parse_fault(request.parameters);
  if (!fault) return refusal(400, fault.error());
  on.faults.order(*fault);
  return state(on);
}

// clang-format off
constexpr std::array kRows{
    ControlRow{"GET", "/emulator/state", "", show_state,
               "The state: role, settings, fault, credentials made, requests counted."},
    ControlRow{"GET", "/emulator/credential", "", show_credential,
               "The credential of the attached role, whatever the fault; not counted."},
    ControlRow{"POST", "/emulator/rotate", "", rotate,
               "Makes a new credential."},
    ControlRow{"POST", "/emulator/role", "name=NAME", change_role,
               "Attaches NAME in place of what there is, with a new credential; an empty NAME detaches."},
    ControlRow{"POST", "/emulator/set", "lifetime=S renew_before=S clock_offset=S hardened=true|false", set,
               "One or more of the settings, as the options of these names. lifetime and clock_offset "
               "shape the credentials made from then on; Date, renewal and mode change at once."},
    ControlRow{"POST", "/emulator/invalidate-tokens", "", invalidate_tokens,
               "All tokens given out so far become invalid (401)."},
    ControlRow{"POST", "/emulator/reset-counters", "", reset_counters,
               "The requests are counted from 0 again."},
    ControlRow{"POST", "/emulator/fault",
               "kind=KIND on=all|token|role_list|credential|region times=N seconds=S status=N member=NAME", order_fault,
               "Puts a fault in force in place of the one there is; see FAULTS."},
};
// clang-format on

// The names in `name=VALUE name=VALUE`, as the table shows them.
std::vector<std::string> names_in(std::string_view parameters) {
  std::vector<std::string> names;
  std::istringstream words{std::string(parameters)};
  for (std::string word; words >> word;) names.push_back(word.substr(0, word.find('=')));
  return names;
}

std::string paths() {
  std::string text;
  for (const ControlRow& row : kRows) {
    text += (text.empty() ? "" : ", ") + std::string(row.method) + " " + std::string(row.path);
  }
  return text;
}

}  // namespace

std::span<const ControlRow> control_table() {
  return kRows;
}

bool is_control(const HttpRequest& request) {
  return request.path.starts_with("/emulator/");
}

HttpAnswer control_answer(Controlled& controlled, const HttpRequest& request) {
  for (const ControlRow& row : kRows) {
    if (row.path != request.path) continue;
    if (row.method != request.method) {
      return refusal(405, request.method + " is not allowed; allowed: " + std::string(row.method));
    }
    const auto known = known_only(request.parameters, names_in(row.parameters));
    return known ? row.act(controlled, request) : refusal(400, known.error());
  }
  return refusal(404, request.path + ": no such control; there is: " + paths());
}

}  // namespace ramrolefs::emulator
