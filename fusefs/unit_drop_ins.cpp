// SPDX-License-Identifier: Apache-2.0
#include "fusefs/unit_drop_ins.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "common/metadata_url.h"
#include "fusefs/config_file.h"
#include "fusefs/paths.h"

namespace ramrolefs {
namespace {

namespace fs = std::filesystem;

bool is_address(const std::string& host) {
  std::array<char, sizeof(in6_addr)> ignored{};
  return inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

/// Who may be talked to. A name can be any address, and so can the server that knows it.
std::string allow(const std::string& url) {
  const auto checked = check_metadata_url(url);
  if (!checked) return "";
  const std::string host = metadata_host(*checked);
  if (is_address(host) || host == "localhost") {
    return "IPAddressAllow=\nIPAddressAllow=" + host + "\n";
  }
  return "# " + host + " is a name, of which systemd knows no address.\nIPAddressDeny=\n";
}

/// The unit that a configuration file is for; empty for a name that can be no unit's.
std::string unit_of(const std::string& name) {
  const auto allowed = [](unsigned char letter) {
    return std::isalnum(letter) != 0 ||
           std::string_view(":_.-").find(char(letter)) != std::string_view::npos;
  };
  if (!std::all_of(name.begin(), name.end(), allowed)) return "";
  return name == "ramrolefs" ? "ramrolefs.service" : "ramrolefs@" + name + ".service";
}

void complain(const std::string& what) {
  std::fprintf(stderr, "ramrolefs-generator: %s\n", what.c_str());
}

/// False if it can't be written; a file that is left out is no failure.
bool write_drop_in(const fs::path& file, const fs::path& units) {
  const std::string unit = unit_of(file.stem());
  const auto config = read_config_file(file);
  if (!config) complain(config.error());
  if (unit.empty()) complain(file.string() + ": no name for a unit");
  if (!config || unit.empty()) return true;
  const fs::path folder = units / (unit + ".d");
  std::error_code error;
  fs::create_directories(folder, error);
  std::ofstream out(folder / "50-ramrolefs.conf");
  out << "# By ramrolefs-generator, from " << file.string() << "\n"
      << unit_drop_in(config->settings);
  out.close();
  if (!out) complain("can't write to " + folder.string());
  return !out.fail();
}

}  // namespace

std::string unit_drop_in(const std::vector<Setting>& settings) {
  std::string text = "[Service]\n";
  for (const Setting& setting : settings) {
    const std::string value = setting.value.value_or("");
    if (setting.name == "metadata-url") text += allow(value);
  }
  return text;
}

bool is_generator(const char* program) {
  return fs::path(program).filename() == "ramrolefs-generator";
}

int write_unit_drop_ins(const std::string& configuration, const std::string& units) {
  bool good = true;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(configuration, error)) {
    if (entry.path().extension() == ".conf") good = write_drop_in(entry.path(), units) && good;
  }
  return good ? 0 : 1;
}

}  // namespace ramrolefs
