// SPDX-License-Identifier: Apache-2.0
#include "fusefs/template_check.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "fusefs/template_variables.h"

namespace ramrolefs {
namespace {

constexpr std::size_t kLargestRendering = 1 << 20;
constexpr std::size_t kDeepest = 32;

/// A tag, cut out of the text as the library does it.
struct Tag {
  std::size_t begin;
  std::size_t end;  // npos: it is not closed
  char kind;        // what its content begins with, of "#^/>&!="; else v, a variable
  std::string_view name;
};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<Tag> next_tag(std::string_view text, std::size_t from) {
  const auto begin = text.find("{{", from);
  if (begin == std::string_view::npos) return std::nullopt;
  const bool raw = text.substr(begin + 2).starts_with('{');
  const std::string_view closing = raw ? "}}}" : "}}";
  const auto content = begin + closing.size();
  const auto close = text.find(closing, content);
  if (close == std::string_view::npos) return Tag{begin, close, 'v', {}};
  Tag tag{begin, close + closing.size(), 'v', trim(text.substr(content, close - content))};
  constexpr std::string_view kKinds = "#^/>&!=";
  if (raw || tag.name.empty() || kKinds.find(tag.name.front()) == std::string_view::npos) {
    return tag;
  }
  tag.kind = tag.name.front();
  tag.name = trim(tag.name.substr(1));
  return tag;
}

/// A name of a template as it can be printed.
std::string quoted(std::string_view name) {
  constexpr std::size_t kMost = 40;
  std::string text(name.substr(0, kMost));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return "'" + text + (name.size() > kMost ? "..." : "") + "'";
}

class Check {
 public:
  explicit Check(std::string_view text) : text_(text) {}

  tl::expected<std::size_t, TemplateFault> run() {
    std::size_t at = 0;
    while (const auto tag = next_tag(text_, at)) {
      size_ += tag->begin - at;
      if (auto reason = fault_of(*tag)) return fault(tag->begin, std::move(*reason));
      at = tag->end;
    }
    size_ += text_.size() - at;
    if (!open_.empty()) {
      return fault(open_.back().begin,
                   "the section " + quoted(open_.back().name) + " is not closed");
    }
    if (size_ > kLargestRendering) {
      return tl::unexpected(TemplateFault{0, "the file would be larger than 1 MiB"});
    }
    return size_;
  }

 private:
  tl::unexpected<TemplateFault> fault(std::size_t at, std::string reason) const {
    const auto before = text_.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    return tl::unexpected(TemplateFault{static_cast<std::size_t>(line), std::move(reason)});
  }

  std::optional<std::string> fault_of(const Tag& tag) {
    if (tag.end == std::string_view::npos) return "a tag is not closed";
    switch (tag.kind) {
      case '!':
        return std::nullopt;
      case '>':
        return "a partial, {{>NAME}}, which is not supported";
      case '=':
        return "other delimiters, {{=...=}}, which are not supported";
      case '/':
        return close(tag);
      default:
        return fault_of_name(tag);
    }
  }

  std::optional<std::string> fault_of_name(const Tag& tag) {
    const auto* variable = find_template_variable(tag.name);
    if (variable == nullptr) {
      return "unknown variable " + quoted(tag.name) + "; there are " + template_variable_names();
    }
    if (tag.kind != '#' && tag.kind != '^') {
      size_ += variable->longest;
      return std::nullopt;
    }
    if (open_.size() == kDeepest) return "sections are nested deeper than 32";
    open_.push_back(tag);
    return std::nullopt;
  }

  std::optional<std::string> close(const Tag& tag) {
    if (open_.empty()) return "the section " + quoted(tag.name) + " is closed, but was not opened";
    if (open_.back().name != tag.name) {
      return "the section " + quoted(tag.name) + " is closed where " + quoted(open_.back().name) +
             " is open";
    }
    open_.pop_back();
    return std::nullopt;
  }

  std::string_view text_;
  std::vector<Tag> open_;
  std::size_t size_ = 0;
};

}  // namespace

tl::expected<std::size_t, TemplateFault> check_template(std::string_view text) {
  return Check(text).run();
}

}  // namespace ramrolefs
