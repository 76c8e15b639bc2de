// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "fusefs/options.h"

namespace ramrolefs::unit {

using Words = std::vector<const char*>;

/// Reads the words that follow the program's name.
inline std::variant<Options, Exit> read(Words words) {
  words.insert(words.begin(), "ramrolefs");
  return read_options(static_cast<int>(words.size()), words.data());
}

inline Options read_good(const Words& words) {
  auto result = read(words);
  if (const auto* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<Options>(result);
}

inline Exit read_bad(const Words& words) {
  auto result = read(words);
  const auto* exit = std::get_if<Exit>(&result);
  if (exit == nullptr) ADD_FAILURE() << "taken";
  return exit != nullptr ? *exit : Exit{-1, ""};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A configuration file for one test.
class Configuration {
 public:
  explicit Configuration(const std::string& text)
      : path_(testing::TempDir() + "ramrolefs-options-" + std::to_string(getpid())),
        word_("--config=" + path_) {
    std::ofstream(path_) << text;
  }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;
  ~Configuration() { std::remove(path_.c_str()); }

  const std::string& path() const { return path_; }
  const char* word() const { return word_.c_str(); }

 private:
  std::string path_;
  std::string word_;
};

}  // namespace ramrolefs::unit
