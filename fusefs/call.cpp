// SPDX-License-Identifier: Apache-2.0
#include "fusefs/call.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>
#include <variant>

#include "common/host_addresses.h"

namespace ramrolefs {
namespace {

using Json = nlohmann::json;

/// Takes a member of an image, or keeps what is there.
template <typename Value>
void take(const Json& image, const char* name, Value& value) {
  if (const auto found = image.find(name); found != image.end()) found->get_to(value);
}

void take(const Json& image, const char* name, Duration& value) {
  Duration::rep count = value.count();
  take(image, name, count);
  value = Duration(count);
}

void take(const Json& image, const char* name, FileList& value) {
  const auto found = image.find(name);
  if (found == image.end()) return;
  value.reset();
  if (!found->is_null()) found->get_to(value.emplace());
}

Json image_of(const FileList& list) {
  return list ? Json(*list) : Json();
}

void put(const Contents& contents, Json& image) {
  image["uid"] = contents.access.uid;
  image["gid"] = contents.access.gid;
  image["mode"] = contents.access.mode;
  image["newline"] = contents.newline;
  image["files"] = image_of(contents.files);
  image["templates"] = image_of(contents.templates);
}

void take(const Json& image, Contents& contents) {
  take(image, "uid", contents.access.uid);
  take(image, "gid", contents.access.gid);
  take(image, "mode", contents.access.mode);
  take(image, "newline", contents.newline);
  take(image, "files", contents.files);
  take(image, "templates", contents.templates);
}

/// Of views, and of sources of templates.
template <typename Element, typename Put>
Json list_of(const std::vector<Element>& elements, Put put_element) {
  Json list = Json::array();
  for (const Element& element : elements) {
    Json& image = list.emplace_back(Json{{"name", element.name}});
    put_element(element, image);
  }
  return list;
}

template <typename Element, typename Take>
void take_list(const Json& image, const char* name, std::vector<Element>& elements,
               Take take_element) {
  const auto found = image.find(name);
  if (found == image.end()) return;
  for (const Json& each : *found) {
    Element& element = elements.emplace_back();
    take(each, "name", element.name);
    take_element(each, element);
  }
}

Json image_of(const Options& options) {
  const auto& files = options.server.filesystem;
  const auto& client = options.server.client;
  Json image{{"mount-point", options.mount_point},
             {"source", options.source},
             {"kernel-options", options.kernel_options},
             {"by-mount", options.by_mount},
             {"foreground", options.foreground},
             {"metadata-url", options.metadata_url},
             {"log-level", static_cast<int>(options.log_level)},
             {"template-dir", options.template_dir},
             {"absolute", files.mount_point},
             {"region", files.region},
             {"status-mode", files.status_mode},
             {"audit", files.audit},
             {"refresh-before", files.refresh.due.refresh_before.count()},
             {"max-age", files.refresh.due.max_age.count()},
             {"patience", files.refresh.patience.count()},
             {"timeout", files.refresh.timeout.count()},
             {"warm", files.warm},
             {"read-window", files.read_window.count()},
             {"follow-after", files.follow_after.count()},
             {"role", client.role.value_or("")},
             {"disable-imdsv1", client.imdsv1_disabled}};
  put(files.root, image);
  image["views"] =
      list_of(files.views, [](const ViewOptions& view, Json& to) { put(view.contents, to); });
  image["template-sources"] = list_of(
      files.templates, [](const TemplateSource& source, Json& to) { to["text"] = source.text; });
  return image;
}

Options options_of(const Json& image) {
  Options options;
  auto& files = options.server.filesystem;
  auto& client = options.server.client;
  int level = static_cast<int>(options.log_level);
  std::string role;
  take(image, "mount-point", options.mount_point);
  files.mount_point = options.mount_point;
  take(image, "source", options.source);
  take(image, "kernel-options", options.kernel_options);
  take(image, "by-mount", options.by_mount);
  take(image, "foreground", options.foreground);
  take(image, "metadata-url", options.metadata_url);
  take(image, "log-level", level);
  take(image, "template-dir", options.template_dir);
  take(image, "absolute", files.mount_point);
  take(image, "region", files.region);
  take(image, "status-mode", files.status_mode);
  take(image, "audit", files.audit);
  take(image, files.root);
  take_list(image, "views", files.views,
            [](const Json& from, ViewOptions& view) { take(from, view.contents); });
  take_list(image, "template-sources", files.templates,
            [](const Json& from, TemplateSource& source) { take(from, "text", source.text); });
  take(image, "refresh-before", files.refresh.due.refresh_before);
  take(image, "max-age", files.refresh.due.max_age);
  take(image, "patience", files.refresh.patience);
  take(image, "timeout", files.refresh.timeout);
  take(image, "warm", files.warm);
  take(image, "read-window", files.read_window);
  take(image, "follow-after", files.follow_after);
  take(image, "role", role);
  take(image, "disable-imdsv1", client.imdsv1_disabled);
  options.log_level = static_cast<log::Level>(level);
  if (!role.empty()) client.role = files.role = role;
  return options;
}

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
  if (options.server.filesystem.audit && !current.server.filesystem.audit) {
    return "audit is on now, which takes a stop and a start";  // the kernel sends no OPEN any more
  }
  return "";
}

}  // namespace

Call::Call(int count, const char* const* words, Options options)
    : words_(words, words + count), options_(std::move(options)) {
  std::error_code error;
  directory_ = std::filesystem::current_path(error);
}

std::optional<Call> Call::from_image(std::span<const std::byte> image) {
  try {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(image.data());
    const auto read = Json::from_cbor(bytes, bytes + image.size());
    Call call;
    take(read, "words", call.words_);
    take(read, "directory", call.directory_);
    take(read, "addresses", call.addresses_);
    call.options_ = options_of(read.at("options"));
    return call;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::vector<std::byte> Call::image() const {
  const Json image{{"words", words_}, {"directory", directory_}, {"options", image_of(options_)}};
  const auto packed = Json::to_cbor(image);
  std::vector<std::byte> bytes(packed.size());
  std::transform(packed.begin(), packed.end(), bytes.begin(),
                 [](std::uint8_t byte) { return std::byte{byte}; });
  return bytes;
}

std::string Call::read_anew() {
  const WorkingDirectory there(directory_);
  std::vector<const char*> words;
  words.reserve(words_.size() + 1);
  for (const std::string& word : words_) words.push_back(word.c_str());
  words.push_back(nullptr);
  auto fresh = read_options(static_cast<int>(words_.size()), words.data());
  if (std::string wrong = problem(fresh, options_); !wrong.empty()) return wrong;
  if (std::string wrong = look_up(); !wrong.empty()) return wrong;
  options_ = std::get<Options>(std::move(fresh));
  return "";
}

std::string Call::look_up() {
  auto found = host_addresses(options_.metadata_url);
  if (!found) return found.error();
  addresses_ = std::move(*found);
  return "";
}

}  // namespace ramrolefs
