// SPDX-License-Identifier: Apache-2.0
#include "fusefs/formats.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "common/utc.h"

namespace ramrolefs {
namespace {

struct Member {
  std::string_view name;
  std::string_view value;
  bool is_json = false;  // a string with its quotes, which it is already
};
using Members = std::initializer_list<Member>;

/// On the heap from its first byte, where free(3) wipes it: the short form of a std::string would
/// stay on the stack.
std::string empty_text() {
  std::string text;
  text.reserve(4096);
  return text;
}

void add_escaped(std::string& text, std::string_view value, std::string_view special, char escape) {
  for (const char c : value) {
    if (special.find(c) != std::string_view::npos) text += escape;
    text += c;
  }
}

void add_string(std::string& text, std::string_view value) {
  text += '"';
  add_escaped(text, value, R"("\)", '\\');
  text += '"';
}

/// Without the members whose value is empty.
void add_object(std::string& text, std::string_view margin, std::string_view colon,
                Members members) {
  std::string_view before = "{\n";
  for (const Member& member : members) {
    if (member.value.empty()) continue;
    text.append(before).append(margin).append("  ");
    add_string(text, member.name);
    text += colon;
    if (member.is_json) {
      text += member.value;
    } else {
      add_string(text, member.value);
    }
    before = ",\n";
  }
  text.append("\n").append(margin).append("}");
}

/// A word of a command, for who splits it as a shell does or at each blank.
std::string quoted_word(std::string word) {
  if (word.find_first_of(" \t\n\v\f\r'\"\\") == std::string::npos) return word;
  for (std::size_t at = 0; (at = word.find('\'', at)) != std::string::npos; at += 4) {
    word.replace(at, 1, R"('\'')");
  }
  return "'" + word + "'";
}

/// As JSON. It is no secret.
std::string command_of(const Rendering& of) {
  using Json = nlohmann::json;
  const Json command =
      "/usr/bin/cat " + quoted_word(std::string(of.mount_point) + "/external.json");
  return command.dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("+,-./:=@_%").find(c) != std::string_view::npos;
}

void add_variable(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append("=");
  if (std::all_of(value.begin(), value.end(), is_plain)) {
    text.append(value).append("\n");
    return;
  }
  text += '"';
  add_escaped(text, value, R"("\$`)", '\\');
  text += "\"\n";
}

}  // namespace

Secret credentials_json(const Rendering& of) {
  const Credential& credential = of.credential;
  std::string text = empty_text();
  add_object(text, "", " : ",
             {{"AccessKeyId", credential.access_key_id.expose()},
              {"AccessKeySecret", credential.access_key_secret.expose()},
              {"Expiration", format_utc(credential.expiration)},
              {"SecurityToken", credential.security_token.expose()},
              {"LastUpdated", format_utc(credential.last_updated)},
              {"Code", "Success"}});
  return Secret(text += '\n');
}

Secret config_json(const Rendering& of) {
  const Credential& credential = of.credential;
  std::string text = empty_text();
  text += "{\n  \"current\": \"default\",\n  \"profiles\": [\n    ";
  add_object(text, "    ", ": ",
             {{"name", "default"},
              {"mode", "StsToken"},
              {"access_key_id", credential.access_key_id.expose()},
              {"access_key_secret", credential.access_key_secret.expose()},
              {"sts_token", credential.security_token.expose()},
              {"region_id", of.region}});
  if (of.has_external) {
    text += ",\n    ";
    add_object(text, "    ", ": ",
               {{"name", "follow"},
                {"mode", "External"},
                {"process_command", command_of(of), true},
                {"region_id", of.region}});
  }
  return Secret(text += "\n  ]\n}\n");
}

Secret external_json(const Rendering& of) {
  const Credential& credential = of.credential;
  std::string text = empty_text();
  add_object(text, "", ": ",
             {{"mode", "StsToken"},
              {"access_key_id", credential.access_key_id.expose()},
              {"access_key_secret", credential.access_key_secret.expose()},
              {"sts_token", credential.security_token.expose()},
              {"expiration", format_utc(credential.expiration)}});
  return Secret(text += '\n');
}

Secret credentials_ini(const Rendering& of) {
  const Credential& credential = of.credential;
  std::string text = empty_text();
  text += "[default]\ntype = sts";
  for (const Member& member : Members{{"access_key_id", credential.access_key_id.expose()},
                                      {"access_key_secret", credential.access_key_secret.expose()},
                                      {"security_token", credential.security_token.expose()}}) {
    text.append("\n").append(member.name).append(" = ");
    add_escaped(text, member.value, "%", '%');
  }
  return Secret(text += '\n');
}

Secret environment(const Rendering& of) {
  const Credential& credential = of.credential;
  std::string text = empty_text();
  const auto id = credential.access_key_id.expose();
  const auto secret = credential.access_key_secret.expose();
  const auto token = credential.security_token.expose();
  add_variable(text, "ALIBABA_CLOUD_ACCESS_KEY_ID", id);
  add_variable(text, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret);
  add_variable(text, "ALIBABA_CLOUD_SECURITY_TOKEN", token);
  add_variable(text, "OSS_ACCESS_KEY_ID", id);
  add_variable(text, "OSS_ACCESS_KEY_SECRET", secret);
  add_variable(text, "OSS_SESSION_TOKEN", token);
  return Secret(text);
}

}  // namespace ramrolefs
