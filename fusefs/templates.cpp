// SPDX-License-Identifier: Apache-2.0
#include "fusefs/templates.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "common/printable.h"
#include "fusefs/file_descriptor.h"
#include "fusefs/served_files.h"
#include "fusefs/template_check.h"

namespace ramrolefs {
namespace {

constexpr std::string_view kSuffix = ".mustache";
constexpr std::size_t kMostTemplates = 64;
constexpr std::size_t kLargestTemplate = 65'536;
constexpr std::size_t kLargestOfAll = 2 << 20;
// All are parsed at each rotation, and readers wait for that.
constexpr std::size_t kLargestSources = 512 << 10;
constexpr std::size_t kLongestName = 100;

using Names = std::vector<std::string>;

template <typename T>
using Read = tl::expected<T, std::string>;

/// Of the files that the templates make.
Read<Names> list_names(const std::string& directory, bool must_exist) {
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  const bool missing = error == std::errc::no_such_file_or_directory ||
                       error == std::errc::permission_denied;  // an ordinary user's mount
  if (missing && !must_exist) return Names();
  Names names;
  while (!error && entry != std::filesystem::directory_iterator()) {
    const std::string name = entry->path().filename();
    if (name.ends_with(kSuffix)) names.push_back(name.substr(0, name.size() - kSuffix.size()));
    if (names.size() > kMostTemplates) {
      return tl::unexpected(directory + ": has more than 64 templates");
    }
    entry.increment(error);
  }
  if (error) return tl::unexpected(directory + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

/// Why no file of the mount can have that name.
std::optional<std::string> fault_of_name(const std::string& name) {
  if (name.empty()) return "a file needs a name";
  if (name.front() == '.') return "the name of a file can't begin with '.'";
  if (name.size() > kLongestName) return "the name of a file has 100 bytes at most";
  const bool printable =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable) return "the name of a file is of printable ASCII";
  // Lists of files could not name it.
  if (name.find_first_of(",:") != std::string::npos || name == "all" || name == "none") {
    return "the name of a file has no ',' and no ':', and is not 'all' or 'none'";
  }
  if (name == "current" || find_served_file(name) != nullptr) {
    return "there is a file '" + name + "' already";
  }
  return std::nullopt;
}

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

Read<std::string> read_whole(const FileDescriptor& file) {
  std::string text(kLargestTemplate + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno != EINTR) return tl::unexpected(reason_of(errno));
    if (count > 0) size += static_cast<std::size_t>(count);
  }
  if (size > kLargestTemplate) return tl::unexpected<std::string>("is larger than 64 KiB");
  text.resize(size);
  return text;
}

Read<std::string> read_file(const std::string& path) {
  // A fifo without a writer would be waited for.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!file.valid() || fstat(file.get(), &status) != 0) return tl::unexpected(reason_of(errno));
  if (!S_ISREG(status.st_mode)) return tl::unexpected<std::string>("is not a regular file");
  return read_whole(file);
}

/// Reads one, and adds what it renders to at most.
Read<TemplateSource> read_template(const std::string& directory, std::string name,
                                   std::size_t& rendered) {
  const std::string path = std::filesystem::path(directory) / (name + std::string(kSuffix));
  const std::string where = printable(path);
  if (auto fault = fault_of_name(name)) return tl::unexpected(where + ": " + *fault);
  auto text = read_file(path);
  if (!text) return tl::unexpected(where + ": " + text.error());
  const auto size = check_template(*text);
  if (!size) {
    const auto line = size.error().line;
    return tl::unexpected(where + (line == 0 ? "" : ", line " + std::to_string(line)) + ": " +
                          size.error().reason);
  }
  rendered += *size;
  return TemplateSource{std::move(name), std::move(*text)};
}

}  // namespace

Read<std::vector<TemplateSource>> read_templates(const std::string& directory, bool must_exist) {
  auto names = list_names(directory, must_exist);
  if (!names) return tl::unexpected(printable(names.error()));
  std::vector<TemplateSource> templates;
  std::size_t rendered = 0;
  std::size_t sources = 0;
  for (std::string& name : *names) {
    auto source = read_template(directory, std::move(name), rendered);
    if (!source) return tl::unexpected(source.error());
    if (rendered > kLargestOfAll) {
      return tl::unexpected(printable(directory) +
                            ": the files of all templates would be larger than 2 MiB together");
    }
    sources += source->text.size();
    if (sources > kLargestSources) {
      return tl::unexpected(printable(directory) + ": has more than 512 KiB of templates");
    }
    templates.push_back(std::move(*source));
  }
  return templates;
}

}  // namespace ramrolefs
