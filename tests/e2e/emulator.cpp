// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/emulator.h"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/e2e/eventually.h"
#include "tests/e2e/programs.h"

namespace ramrolefs::e2e {
namespace {

using Json = nlohmann::json;

std::vector<std::string> command(const std::vector<std::string>& options) {
  std::vector<std::string> words{emulator_path(), "--port=0"};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

Json get(const std::string& url, const std::string& path) {
  httplib::Client client(url);
  const auto answer = client.Get(path);
  if (!answer || answer->status != 200) throw std::runtime_error("emulator: GET " + path);
  return Json::parse(answer->body);
}

}  // namespace

Emulator::Emulator(const std::vector<std::string>& options) : process_(command(options)) {
  constexpr std::string_view kBefore = "listening on ";
  std::string line;
  const bool up = eventually([&] { return (line = process_.out()).ends_with('\n'); });
  if (!up) throw std::runtime_error("the emulator does not start: " + process_.err());
  url_ = line.substr(kBefore.size(), line.size() - kBefore.size() - 1);
}

void Emulator::post(const std::string& path) const {
  httplib::Client client(url_);
  const auto answer = client.Post(path);
  if (!answer || answer->status != 200) throw std::runtime_error("emulator: POST " + path);
}

void Emulator::rotate() const {
  post("/emulator/rotate");
}

void Emulator::attach(const std::string& role) const {
  post("/emulator/role?name=" + role);
}

void Emulator::fault(const std::string& parameters) const {
  post("/emulator/fault?" + parameters);
}

void Emulator::set(const std::string& parameters) const {
  post("/emulator/set?" + parameters);
}

void Emulator::invalidate_tokens() const {
  post("/emulator/invalidate-tokens");
}

int Emulator::count(const std::string& what) const {
  return get(url_, "/emulator/state").at("requests").at(what).get<int>();
}

std::string Emulator::now(const std::string& member) const {
  return get(url_, "/emulator/credential").at(member).get<std::string>();
}

}  // namespace ramrolefs::e2e
