// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/help.h"

#include <sstream>

#include "tests/emulator/control.h"
#include "tests/emulator/fault.h"

namespace ramrolefs::emulator {
namespace {

constexpr std::size_t kWidth = 96;

constexpr const char* kScopes =
    "on=token, on=role_list, on=credential or on=region, of one; with times=N for the next N of "
    "them only. A "
    "kind marked (credential) changes the JSON of the credential and nothing else. One marked "
    "(value) changes the member of the credential, or, where on= names token, role_list or "
    "region, the whole plain text. member= is one of ";

// Words of `text` in lines of `width`, each behind `margin` spaces.
std::string wrapped(std::size_t margin, const std::string& text) {
  std::istringstream words(text);
  std::string page;
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty() && margin + line.size() + 1 + word.size() > kWidth) {
      page += std::string(margin, ' ') + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return page + std::string(margin, ' ') + line + "\n";
}

std::string entries(const std::vector<HelpRow>& rows) {
  std::string page;
  for (const HelpRow& row : rows) page += "  " + row.term + "\n" + wrapped(6, row.meaning);
  return page;
}

std::vector<HelpRow> controls() {
  std::vector<HelpRow> rows;
  for (const ControlRow& row : control_table()) {
    std::string meaning(row.effect);
    if (!row.parameters.empty()) meaning += " Parameters: " + std::string(row.parameters) + ".";
    rows.push_back({std::string(row.method) + " " + std::string(row.path), meaning});
  }
  return rows;
}

std::string concerned(Reach reach) {
  switch (reach) {
    case Reach::any_answer:
      return "";
    case Reach::credential:
      return " (credential)";
    case Reach::value:
      return " (value)";
  }
  return "";
}

std::vector<HelpRow> faults() {
  std::vector<HelpRow> rows;
  for (const FaultKind& kind : fault_table()) {
    std::string term(kind.name);
    if (!kind.parameter.empty()) {
      term += " " + std::string(kind.parameter) + "=" + std::string(kind.standard);
    }
    rows.push_back({term + concerned(kind.reach), std::string(kind.effect)});
  }
  return rows;
}

}  // namespace

std::string help_page(const std::vector<HelpRow>& options) {
  return R"(NAME
  ramrolefs-emulator - the metadata service of an Alibaba Cloud ECS instance, made up

SYNOPSIS
  ramrolefs-emulator [OPTION]...

DESCRIPTION
  Answers as the metadata service at http://100.100.100.200 does: metadata tokens, the name of the
  instance's RAM role, and its temporary credential. The credentials are random and open nothing.
  With it ramrolefs, and whatever else reads credentials from the service, can be tried and tested
  without an instance. When it listens it prints one line, "listening on URL", and serves until
  SIGTERM or SIGINT. Nobody should be let near it but you: it has no access control.

OPTIONS
)" + entries(options) +
         R"(
CONTROL INTERFACE
  On the same port; answers JSON; never affected by faults or hardened mode, never counted.
  Parameters go into the query or into a form. A wrong one is answered with 400 and
  {"error": "..."}, and nothing is changed. POST answers with the new state.

)" + entries(controls()) +
         R"(
  The state tells role ("" for none), hardened, lifetime, renew_before, clock_offset (seconds), now
  (the emulator's clock), credentials_made, fault (kind, on, its parameter, times_left), requests:
  token, role_list, credential, region, other, total, and the connections that brought them. A
  request is counted when it arrives, before a fault holds it up.

FAULTS
  POST /emulator/fault?kind=KIND puts one in force, for metadata requests of any sort or, with
)" + wrapped(2, kScopes + member_names() + ".") +
         R"(  Ordering a fault, or none, ends what the former one holds up: delayed and hanging requests are
  answered, a trickle comes at once, an endless body ends. Each parameter is shown with its
  standard value.

)" + entries(faults()) +
         R"(
EXAMPLES
  An instance with a credential that lives for two minutes:
      ramrolefs-emulator --lifetime 120 &
      ramrolefs --metadata-url=http://127.0.0.1:8100 /run/ramrole
  Let it rotate, and then answer 503 three times:
      curl -X POST http://127.0.0.1:8100/emulator/rotate
      curl -X POST 'http://127.0.0.1:8100/emulator/fault?kind=status&status=503&times=3'

EXIT STATUS
  0  ended by SIGTERM or SIGINT
  1  it could not listen, or not go on listening
  2  a wrong option
)";
}

}  // namespace ramrolefs::emulator
