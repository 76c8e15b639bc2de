// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "common/log.h"
#include "common/metadata_url.h"
#include "fusefs/server.h"

namespace ramrolefs {

/// All that the command line says.
struct Options {
  std::string mount_point;
  bool foreground = false;
  std::string metadata_url = kMetadataUrl;
  log::Level log_level = log::Level::info;
  Server::Options server;
};

/// The program is to end at once: it was asked for help, or an option is wrong.
struct Exit {
  int status;        // 0, or 2 for an option that is wrong
  std::string text;  // for standard output if the status is 0, else for standard error
};

/// Reads the command line. Each option is defined once, with what it allows and its default.
std::variant<Options, Exit> read_options(int count, const char* const* words);

}  // namespace ramrolefs
