// SPDX-License-Identifier: Apache-2.0
#include "fusefs/restart.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <variant>

#include "common/log.h"

namespace ramrolefs {
namespace {

/// The directory that relative paths of the command line count from, as long as this lives.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::string& path) {
    std::error_code ignored;
    before_ = std::filesystem::current_path(ignored);
    std::filesystem::current_path(path, ignored);
  }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;
  ~WorkingDirectory() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
  }

 private:
  std::filesystem::path before_;
};

/// What is wrong with the options that were read anew; empty if nothing is.
std::string problem(const std::variant<Options, Exit>& fresh, const Options& current) {
  if (const auto* exit = std::get_if<Exit>(&fresh)) {
    return exit->text.substr(0, exit->text.find('\n'));
  }
  const auto& options = std::get<Options>(fresh);
  if (options.mount_point != current.mount_point) {
    return "the mount point is " + options.mount_point + " now, which takes a stop and a start";
  }
  if (options.metadata_url != current.metadata_url) {  // which systemd would not let us talk to
    return "metadata-url is " + options.metadata_url + " now, which takes a stop and a start";
  }
  return "";
}

}  // namespace

Restart::Restart(int count, char* const* words) : count_(count), words_(words) {
  std::error_code error;
  program_ = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) program_ = words[0];
  directory_ = std::filesystem::current_path(error);
}

bool Restart::possible(const Options& current) const {
  const WorkingDirectory there(directory_);
  const std::string wrong = problem(read_options(count_, words_), current);
  if (!wrong.empty()) log::warning("SIGHUP: {}; all goes on as it was", wrong);
  return wrong.empty();
}

void Restart::now() const {
  const WorkingDirectory there(directory_);
  execv(program_.c_str(), words_);
  log::warning("can't start {} anew: {}", program_, std::strerror(errno));
}

}  // namespace ramrolefs
