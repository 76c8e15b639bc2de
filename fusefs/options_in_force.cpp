// SPDX-License-Identifier: Apache-2.0
#include "fusefs/options_in_force.h"

#include <fmt/core.h>

#include "fusefs/option_values.h"

namespace ramrolefs {
namespace {

std::string seconds(Duration duration) {
  return fmt::format("{}", std::chrono::duration<double>(duration).count());
}

std::string octal(mode_t mode) {
  return fmt::format("{:04o}", mode);
}

std::string word(bool value) {
  return value ? "true" : "false";
}

template <typename List, typename NameOf>
std::string joined(const List& list, NameOf name_of) {
  std::string text;
  for (const auto& entry : list) text += (text.empty() ? "" : ",") + name_of(entry);
  return text;
}

std::string names(const FileList& files) {
  return files ? joined(*files, [](const std::string& name) { return name; }) : "all";
}

void put_view(OptionsInForce& to, const ViewOptions& view) {
  const std::string name = "view." + view.name + ".";
  const Contents& contents = view.contents;
  to.emplace_back(name + "uid", std::to_string(contents.access.uid));
  to.emplace_back(name + "gid", std::to_string(contents.access.gid));
  to.emplace_back(name + "mode", octal(contents.access.mode));
  to.emplace_back(name + "newline", word(contents.newline));
  to.emplace_back(name + "files", names(contents.files));
}

void put_files(OptionsInForce& to, const Filesystem::Options& files) {
  to.emplace_back("uid", std::to_string(files.root.access.uid));
  to.emplace_back("gid", std::to_string(files.root.access.gid));
  to.emplace_back("mode", octal(files.root.access.mode));
  to.emplace_back("newline", word(files.root.newline));
  to.emplace_back("files", names(files.root.files));
  to.emplace_back("templates", joined(files.templates, [](const auto& it) { return it.name; }));
  to.emplace_back("views", joined(files.views, [](const auto& it) { return it.name; }));
  for (const ViewOptions& view : files.views) put_view(to, view);
  to.emplace_back("region", files.region);
  to.emplace_back("status-mode", octal(files.status_mode));
  to.emplace_back("audit", word(files.audit));
}

void put_refresh(OptionsInForce& to, const Filesystem::Options& files) {
  to.emplace_back("refresh", files.warm ? "warm" : "lazy");
  to.emplace_back("refresh-before", seconds(files.refresh.due.refresh_before));
  to.emplace_back("max-age", seconds(files.refresh.due.max_age));
  to.emplace_back("patience", seconds(files.refresh.patience));
  to.emplace_back("timeout", seconds(files.refresh.timeout));
  to.emplace_back("read-window", seconds(files.read_window));
  to.emplace_back("follow-after", seconds(files.follow_after));
}

}  // namespace

OptionsInForce options_in_force(const Options& options) {
  OptionsInForce all;
  const auto& client = options.server.client;
  all.emplace_back("metadata-url", options.metadata_url);
  all.emplace_back("role", client.role.value_or(""));
  all.emplace_back("disable-imdsv1", word(client.imdsv1_disabled));
  put_refresh(all, options.server.filesystem);
  put_files(all, options.server.filesystem);
  all.emplace_back("template-dir", options.template_dir);
  all.emplace_back("log-level", name_of(options.log_level));
  return all;
}

}  // namespace ramrolefs
