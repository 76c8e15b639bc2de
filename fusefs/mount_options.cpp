// SPDX-License-Identifier: Apache-2.0
#include "fusefs/mount_options.h"

#include <libmount/libmount.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace ramrolefs {
namespace {

constexpr std::array<std::string_view, 4> kKernels{"context", "fscontext", "defcontext",
                                                   "rootcontext"};

// Generic to mount(8), but not to be had for one that is made once and served by a program.
constexpr std::array kRefused{"remount", "bind", "move"};

bool is_in(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

using Text = std::unique_ptr<char, decltype(&std::free)>;

/// Calls `take(name, value)` for each entry; `value` has no data where there is none.
template <typename Take>
bool for_each_option(const char* list, Take take) {
  // libmount moves the pointer on, and writes nothing (mnt_optstr_next_option()).
  char* rest = const_cast<char*>(list);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  char* name = nullptr;
  char* value = nullptr;
  std::size_t name_size = 0;
  std::size_t value_size = 0;
  int got = 0;
  while ((got = mnt_optstr_next_option(&rest, &name, &name_size, &value, &value_size)) == 0) {
    take(std::string_view(name, name_size),
         value == nullptr ? std::string_view() : std::string_view(value, value_size));
  }
  return got > 0;
}

tl::unexpected<std::string> bad_list(const std::string& list) {
  return tl::unexpected("-o: '" + list + "' is no list of options");
}

}  // namespace

tl::expected<MountOptions, std::string> read_mount_options(const std::string& list) {
  char* rest = nullptr;
  if (list.empty()) return MountOptions();
  if (mnt_split_optstr(list.c_str(), nullptr, nullptr, &rest, 0, 0) != 0) return bad_list(list);
  const Text own(rest, std::free);
  for (const char* name : kRefused) {
    if (mnt_optstr_get_option(list.c_str(), name, nullptr, nullptr) == 0) {
      return tl::unexpected("-o " + std::string(name) + ": not possible; unmount, and mount anew");
    }
  }
  MountOptions options;
  const auto take = [&](std::string_view name, std::string_view value) {
    if (is_in(kKernels, name)) {
      options.kernel.push_back(std::string(name) + "=" + std::string(value));
      return;
    }
    Setting setting{std::string(name), std::nullopt, "-o " + std::string(name)};
    if (value.data() != nullptr) setting.value = std::string(value);
    options.settings.push_back(std::move(setting));
  };
  if (own && !for_each_option(own.get(), take)) return bad_list(list);
  return options;
}

}  // namespace ramrolefs
