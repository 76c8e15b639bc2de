// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace ramrolefs::e2e {

/// The bundled metadata service, running for one test on a port of its own, and its control
/// interface.
class Emulator {
 public:
  /// `options` as on its command line.
  explicit Emulator(const std::vector<std::string>& options = {});

  /// "http://127.0.0.1:PORT"
  const std::string& url() const { return url_; }

  void rotate() const;
  void attach(const std::string& role) const;  // another role, or none: ""
  /// "kind=hang&on=all", and so on: see ramrolefs-emulator --help.
  void fault(const std::string& parameters) const;
  void heal() const { fault("kind=none"); }
  void set(const std::string& parameters) const;
  void invalidate_tokens() const;

  /// How often each was asked for since the start: token, role_list, credential, region,
  /// total.
  int count(const std::string& what) const;
  /// Flights that got as far as the credential.
  int flights() const { return count("credential"); }

  /// A member of the attached role's credential, as the service would give it now.
  std::string now(const std::string& member) const;

  Process& process() { return process_; }

 private:
  void post(const std::string& path) const;

  Process process_;
  std::string url_;
};

}  // namespace ramrolefs::e2e
