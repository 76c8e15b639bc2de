// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scene.h"

#include <cstring>
#include <utility>

#include "common/log.h"
#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

/// An old process with nothing but itself.
std::optional<Kin> a_process(pid_t thread) {
  return Kin{thread, 0, 0, 0, std::chrono::hours(1)};
}

}  // namespace

Filesystem::Options owned(Filesystem::Options options) {
  options.root.access = {kOwner, kOwner, 0400};
  return options;
}

Caller owner(pid_t thread) {
  return {thread, kOwner, kOwner, nullptr, nullptr, [=] { return a_process(thread); }};
}

Caller stranger(pid_t thread) {
  return {thread, kOwner + 1, kOwner + 1, nullptr, nullptr, [=] { return a_process(thread); }};
}

Caller kin(const Kin& kin) {
  return {kin.process, kOwner, kOwner, nullptr, nullptr, [=] { return std::optional(kin); }};
}

Scene::Scene(Filesystem::Options options)
    : filesystem(owned(std::move(options)), clock, memory, [this] {
        ++flights;
        took_off_ = clock.steady();
      }) {
  log::start(log::Sink::standard_error, log::Level::off);
}

void Scene::land(int number, Duration end) {
  Credential credential = make_credential(number);
  credential.expiration = kStartOfWall + std::chrono::ceil<std::chrono::seconds>(end);
  filesystem.landed(Fetched{std::move(credential), took_off_, kStart + end, std::nullopt});
}

void Scene::fail(Cause cause) {
  filesystem.landed(tl::unexpected(Failure{cause, "by the test"}));
}

void Scene::rotate(int number, Duration wait) {
  constexpr pid_t kSomebody = 4242;
  clock.advance(wait);
  Reader reader(*this, owner(kSomebody));
  reader.go();
  land(number, std::chrono::hours(1000));
  reader.go();
}

void Scene::begin_with(int number, Duration end) {
  Reader reader(*this, owner());
  reader.go();
  land(number, end);
  reader.go();
  flights = 0;
}

Reader::Reader(Scene& scene, Caller caller, std::string name)
    : scene_(scene), caller_(std::move(caller)), parent_(kRoot), name_(std::move(name)) {
  const auto slash = name_.find('/');
  if (slash == std::string::npos) return;
  parent_ = inode_of(scene_, name_.substr(0, slash));
  name_ = name_.substr(slash + 1);
}

std::string Reader::go() {
  if (parked_) return ask();
  lookups_ = 0;
  return look_up();
}

std::string Reader::look_up() {
  ++lookups_;
  const auto entry = scene_.filesystem.lookup(parent_, name_, caller_);
  if (!entry) return words(entry.error());
  inode_ = entry->inode;
  if (entry->attributes.timeout > Duration::zero()) return read();
  return ask();
}

std::string Reader::ask() {
  const auto answer = scene_.filesystem.getattr(*inode_, caller_);
  if (std::holds_alternative<Park>(answer)) {
    if (!std::exchange(parked_, true)) ++scene_.parked;
    return "parked";
  }
  leave();
  if (const auto* error = std::get_if<Errno>(&answer)) return go_back_or_end(*error);
  const auto size = std::get<Attributes>(answer).stat.st_size;
  const std::string bytes = read();
  return static_cast<std::size_t>(size) == bytes.size() ? bytes : "a wrong size";
}

std::string Reader::interrupt() {
  const Errno error = scene_.filesystem.interrupted(caller_);
  leave();
  return go_back_or_end(error);
}

std::string Reader::go_back_or_end(Errno error) {
  // The kernel looks up again once (LOOKUP_REVAL in fs/namei.c); the next ESTALE is the reader's.
  return error == Errno{ESTALE} && lookups_ < 2 ? look_up() : words(error);
}

std::string Reader::read() const {
  return read_inode(scene_, *inode_);
}

void Reader::leave() {
  if (!std::exchange(parked_, false)) return;
  if (--scene_.parked == 0) scene_.filesystem.nobody_parked();  // as Server does
}

std::string read_file(Scene& scene, const std::string& name, pid_t thread) {
  return Reader(scene, owner(thread), name).go();
}

std::string read_inode(Scene& scene, InodeNumber inode) {
  const auto answer = scene.filesystem.read(inode);
  if (std::holds_alternative<Park>(answer)) return "parked";
  if (const auto* error = std::get_if<Errno>(&answer)) return words(*error);
  return std::string(std::get<std::string_view>(answer));
}

std::string words(Errno error) {
  return strerrorname_np(static_cast<int>(error));
}

InodeNumber inode_of(Scene& scene, const std::string& name) {
  return scene.filesystem.lookup(kRoot, name, owner())->inode;
}

}  // namespace ramrolefs::unit
