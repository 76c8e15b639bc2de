// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/served_elsewhere.h"

#include <sys/mount.h>

#include <csignal>
#include <stdexcept>

#include "tests/e2e/eventually.h"

namespace ramrolefs::bench {
namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::string& last) {
  words.push_back(last);
  return words;
}

}  // namespace

ServedElsewhere::ServedElsewhere(std::vector<std::string> program, const std::string& file)
    : process_(with(std::move(program), path())) {
  const bool up = e2e::eventually(
      [&] { return e2e::read_file(*this / file).error == 0 || !process_.running(); });
  if (!up || !process_.running()) throw std::runtime_error("no mount: " + process_.err());
}

ServedElsewhere::~ServedElsewhere() {
  // First of all: what removes the directory must not reach into a filesystem that is not ours.
  umount2(path().c_str(), MNT_DETACH);
  process_.signal(SIGTERM);
  process_.wait();
}

}  // namespace ramrolefs::bench
