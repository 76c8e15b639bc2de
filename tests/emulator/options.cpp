// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "tests/emulator/help.h"
#include "tests/emulator/parameters.h"

namespace ramrolefs::emulator {
namespace {

constexpr int kBadUsage = 2;

/// The options, each defined once: for parsing and for --help.
class CommandLine {
 public:
  CommandLine() {
    app_.set_help_flag();  // ours is a page of its own
    app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    value("--listen", "ADDRESS", "Listen on this IPv4 or IPv6 address; 127.0.0.1.", options_.listen,
          parse_address);
    value("--port", "N", "Listen on this port, 0 for any free one; 8100.", options_.port,
          [](const std::string& text) { return parse_integer(text, 0, 65535); });
    value("--role", "NAME",
          "The role attached to the emulated instance, empty for none; emulated-role.",
          options_.role, parse_role);
    value("--lifetime", "SECONDS", "How long a new credential is valid; 21600.",
          options_.settings.lifetime, parse_lifetime);
    value("--renew-before", "SECONDS",
          "A new credential is made when the one there is has less than this left, or than half of "
          "its lifetime if that is less; 1800.",
          options_.settings.renew_before, parse_renew_before);
    value("--clock-offset", "SECONDS",
          "How far the emulator's clock is ahead of this machine's: in Date, Expiration, "
          "LastUpdated; 0.",
          options_.settings.clock_offset, parse_clock_offset);
    app_.add_flag("--hardened", options_.settings.hardened,
                  "Answer no GET without a token, as an instance with HttpTokens=required.")
        ->disable_flag_override();
    app_.add_flag("--version", version_, "Show the version.")->disable_flag_override();
    app_.add_flag("--help,-h", help_, "Show this page.")->disable_flag_override();
  }

  std::variant<Options, EarlyEnd> read(std::vector<std::string> arguments) {
    arguments = split_equals(arguments);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
      app_.parse(arguments);
    } catch (const CLI::ArgumentMismatch& error) {
      return refused(mismatch(error.what()));
    } catch (const CLI::ParseError& error) {
      return refused(error.what());
    }
    if (help_) return EarlyEnd{0, help_page(rows())};
    if (version_) return EarlyEnd{0, "ramrolefs-emulator " RAMROLEFS_VERSION "\n"};
    return options_;
  }

 private:
  template <class T, class Parse>
  void value(const std::string& name, const std::string& form, const std::string& effect, T& place,
             Parse parse) {
    const auto take = [name, &place, parse](const std::string& text) {
      const auto stored = store(place, name, parse(text));
      if (!stored) throw CLI::ValidationError(stored.error());
    };
    app_.add_option_function<std::string>(name, take, effect)->type_name(form);
  }

  static EarlyEnd refused(const std::string& why) {
    return {kBadUsage, "ramrolefs-emulator: " + why + " (see ramrolefs-emulator --help)\n"};
  }

  // CLI11 says "--port: 1 required N missing" and "hardened was given a disallowed flag
  // override".
  std::string mismatch(const std::string& what) const {
    std::string name = what.substr(0, what.find_first_of(": "));
    if (!name.starts_with("--")) name.insert(0, "--");
    const CLI::Option* option = app_.get_option_no_throw(name);
    if (!option) return what;
    if (option->get_items_expected() == 0) return name + " takes no value";
    return name + " needs a value: " + option->get_type_name();
  }

  // CLI11 2.1 takes `--role=` for an option without its value, and eats the next argument.
  static std::vector<std::string> split_equals(const std::vector<std::string>& arguments) {
    std::vector<std::string> split;
    for (const std::string& argument : arguments) {
      const bool empty_value = argument.starts_with("--") && argument.ends_with('=');
      split.push_back(empty_value ? argument.substr(0, argument.size() - 1) : argument);
      if (empty_value) split.emplace_back();
    }
    return split;
  }

  std::vector<HelpRow> rows() const {
    std::vector<HelpRow> rows;
    for (const CLI::Option* option : app_.get_options()) {
      const std::string form = option->get_items_expected() == 0 ? "" : option->get_type_name();
      rows.push_back({option->get_name(false, true) + (form.empty() ? "" : " ") + form,
                      option->get_description()});
    }
    return rows;
  }

  CLI::App app_;
  Options options_;
  bool version_ = false;
  bool help_ = false;
};

}  // namespace

std::variant<Options, EarlyEnd> read_options(const std::vector<std::string>& arguments) {
  return CommandLine().read(arguments);
}

}  // namespace ramrolefs::emulator
