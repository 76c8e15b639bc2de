// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <exception>
#include <kainjow/mustache.hpp>

#include "fusefs/template_variables.h"
#include "fusefs/templates.h"

namespace ramrolefs {
namespace {

namespace mustache = kainjow::mustache;

using Escape = std::string (*)(const std::string&);

std::string escape_nothing(const std::string& value) {
  return value;
}

/// \u00XX for control characters (RFC 8259, 7). In a string of Java it means the same.
std::string code_point(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("\\u00") + kDigits[byte >> 4U] + kDigits[byte & 15U];
}

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7f';
}

/// With a backslash before each special character.
std::string escape_by_backslash(const std::string& value, std::string_view special) {
  std::string escaped;
  escaped.reserve(2 * value.size());
  for (const char c : value) {
    if (is_control(c)) {
      escaped += code_point(c);
      continue;
    }
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string escape_json(const std::string& value) {
  return escape_by_backslash(value, R"("\)");
}

/// As java.util.Properties.store() writes a value, but each space, because what precedes it in the
/// file may be no more than the separator.
std::string escape_properties(const std::string& value) {
  return escape_by_backslash(value, R"( \=:#!)");
}

std::string escape_xml(const std::string& value) {
  std::string escaped;
  escaped.reserve(2 * value.size());
  for (const char c : value) {
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || is_control(c)) {
      escaped += "&#" + std::to_string(static_cast<unsigned char>(c)) + ';';
    } else {
      escaped += c;
    }
  }
  return escaped;
}

struct Format {
  std::string_view suffix;
  Escape escape;
};

constexpr std::array<Format, 3> kFormats{{
    {".json", escape_json},
    {".properties", escape_properties},
    {".xml", escape_xml},
}};

Escape escape_of(std::string_view name) {
  for (const Format& format : kFormats) {
    if (name.ends_with(format.suffix)) return format.escape;
  }
  return escape_nothing;
}

/// An empty value is `false`, which is rendered as nothing, and whose section is left out.
mustache::data values_of(const Rendering& from) {
  mustache::data values;
  for (const TemplateVariable& variable : kTemplateVariables) {
    const Secret value = variable.value(from);
    values.set(std::string(variable.name),
               value.empty() ? mustache::data(false) : mustache::data(std::string(value.expose())));
  }
  return values;
}

/// Never a part of its caller, so that wipe_stack() finds what it leaves.
[[gnu::noinline]] Secret render(const TemplateSource& source, const Rendering& from) {
  mustache::mustache parsed(source.text);
  parsed.set_custom_escape(escape_of(source.name));
  std::string text;
  parsed.render(values_of(from), [&text](const std::string& part) { text += part; });
  return Secret(text);
}

}  // namespace

Secret render_template(const TemplateSource& source, const Rendering& from) {
  Secret rendered;
  try {
    rendered = render(source, from);
  } catch (const std::exception&) {  // the library's, for want of memory
  }
  wipe_stack();  // values that are short are in std::string itself
  return rendered;
}

}  // namespace ramrolefs
