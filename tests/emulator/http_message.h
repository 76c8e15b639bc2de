// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/emulator/credential.h"

namespace ramrolefs::emulator {

/// A request, as far as the emulator looks at it.
struct HttpRequest {
  std::string method;
  std::string path;                               // decoded, without the query
  std::map<std::string, std::string> headers;     // names in lower case
  std::map<std::string, std::string> parameters;  // of the query and of a form

  std::optional<std::string> header(const std::string& lower_case_name) const {
    const auto entry = headers.find(lower_case_name);
    return entry == headers.end() ? std::nullopt : std::optional(entry->second);
  }
};

/// An answer before it is sent.
struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain";
  std::string body;
  std::vector<Member> members;                 // of a credential, in place of the body
  std::map<std::string, std::string> headers;  // all but those of the body
};

}  // namespace ramrolefs::emulator
