// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "common/log.h"
#include "common/metadata_url.h"
#include "fusefs/server.h"

namespace ramrolefs {

/// Where templates are looked for by default. This directory alone may be missing.
inline constexpr const char* kTemplateDirectory = "/etc/ramrolefs/templates";

/// All that is to be known before the filesystem is mounted.
struct Options {
  std::string mount_point;
  std::string source = "ramrolefs";         // what tables of mounts show as the device
  std::vector<std::string> kernel_options;  // SELinux's, for mount(2)
  bool by_mount = false;                    // called as a helper of mount(8)
  bool fake = false;                        // mount -f: all but the mounting
  bool foreground = false;
  std::string metadata_url = kMetadataUrl;
  std::string template_dir = kTemplateDirectory;
  log::Level log_level = log::Level::info;
  Server::Options server;
};

/// The program is to end at once: it was asked for help, or an option is wrong.
struct Exit {
  int status;        // 0, or for an option that is wrong 2, but to mount(8) 1
  std::string text;  // for standard output if the status is 0, else for standard error
};

/// Reads the command line, and the configuration file that it names. Each option is defined once,
/// with what it allows and its default, for the command line, `-o` and the file. Where two say
/// something else, the command line counts, then `-o`, then the file, then what the variables of
/// the SDKs say (read_environment()). The views are of the file alone.
///
/// As `mount.ramrolefs` it takes the words that mount(8) gives its helpers:
/// `SOURCE DIRECTORY [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]`.
std::variant<Options, Exit> read_options(int count, const char* const* words);

}  // namespace ramrolefs
