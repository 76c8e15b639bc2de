// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/emulator/endpoint.h"
#include "tests/emulator/http_message.h"
#include "tests/emulator/values.h"

namespace ramrolefs::emulator {

struct Fault;

/// Which answers a kind of fault can change.
enum class Reach {
  any_answer,  // whatever `on` selects
  credential,  // the credential's JSON alone
  value,       // a member of the credential; the text itself where `on` names another
};

/// How an answer goes out.
enum class Delivery { whole, late, never, byte_by_byte, cut_off, dropped, endless };

/// What a fault may look at when it spoils an answer.
struct Circumstances {
  const Fault& fault;
  const HttpRequest& request;
  WallTime now;  // the emulator's
};

/// A kind of fault: one row of the table that dispatch, validation and --help share.
struct FaultKind {
  std::string_view name;
  std::string_view parameter;  // the one of its own that it takes, if any: seconds, status, member
  std::string_view standard;   // that parameter's value where none is given
  Reach reach;
  Delivery delivery;
  void (*spoil)(HttpAnswer&, const Circumstances&);  // null: the answer itself is right
  std::string_view effect;
};

/// All kinds; the first is `none`.
std::span<const FaultKind> fault_table();

/// A fault as ordered.
struct Fault {
  const FaultKind* kind = &fault_table().front();
  std::optional<Endpoint> on;  // none: all
  Duration seconds{};
  int status = 0;
  std::string member;
  std::optional<std::uint64_t> times;  // none: until another fault is ordered

  /// Does it change an answer of this endpoint?
  bool concerns(Endpoint endpoint) const;
};

/// The order in the parameters of a request. The error names the parameter and what is allowed.
Parsed<Fault> parse_fault(const std::map<std::string, std::string>& parameters);

/// All names of faults, of what `on` may be, of members: for messages and --help.
std::string fault_names();
std::string target_names();
std::string member_names();

}  // namespace ramrolefs::emulator
