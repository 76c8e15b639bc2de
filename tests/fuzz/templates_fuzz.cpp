// SPDX-License-Identifier: Apache-2.0
// What an administrator may write into a template.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fusefs/template_check.h"
#include "fusefs/template_variables.h"
#include "fusefs/templates.h"
#include "tests/fuzz/check.h"

namespace ramrolefs::fuzz {
namespace {

constexpr std::string_view kEnd = "\nthe end";
constexpr std::size_t kLargestTemplate = 65'536;

/// Values that no escape makes longer.
const Credential& credential() {
  static const Credential kCredential{
      "a-role", Secret("STS.an-id"), Secret("a-secret"), Secret("a-token"), {}, {}};
  return kCredential;
}

/// The name of the first tag, if that is one of a variable; empty if not.
std::string_view first_name(std::string_view text) {
  const auto begin = text.find("{{");
  if (begin == std::string_view::npos) return {};
  const auto name = text.substr(begin + 2);
  const auto size =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  if (size == std::string_view::npos || !name.substr(size).starts_with("}}")) return {};
  return name.substr(0, size);
}

void try_template(const std::string& name, const std::string& text) {
  const auto size = check_template(text);
  if (!size) {
    check(!size.error().reason.empty(), "a fault has a reason");
    check(size.error().line <= text.size() + 1, "a fault is in a line that is there");
    return;
  }
  const auto first = first_name(text);
  check(first.empty() || find_template_variable(first) != nullptr, "each variable is known");
  const TemplateSource source{name, text};
  for (const std::string_view region : {"", "cn-hangzhou"}) {
    const Rendering from{credential(), region, "/run/ramrole"};
    const Secret rendered = render_template(source, from);
    // The library renders nothing at all of what it can't parse.
    check(rendered.expose().ends_with(kEnd), "the library takes what was found good");
    check(rendered == render_template(source, from), "rendered again it is the same");
    if (name == "x") check(rendered.size() <= *size, "it is no larger than was reckoned with");
  }
}

}  // namespace
}  // namespace ramrolefs::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ramrolefs::fuzz;
  if (size > kLargestTemplate) return -1;
  std::string text(reinterpret_cast<const char*>(data), size);
  text += kEnd;
  constexpr std::array kNames = {"x", "x.json", "x.xml", "x.properties"};
  try_template(kNames[size % kNames.size()], text);
  return 0;
}
