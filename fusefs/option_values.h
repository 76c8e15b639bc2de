// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/clock.h"
#include "common/log.h"
#include "fusefs/contents.h"

namespace ramrolefs {

/// What a user may write as the value of an option. Each of these returns what the word means, or a
/// sentence that says what is allowed.
template <typename Value>
using ReadValue = tl::expected<Value, std::string>;

/// Seconds, with a fraction if wanted, from 0 to a year.
ReadValue<Duration> read_duration(const std::string& word);
/// The same, from a millisecond.
ReadValue<Duration> read_positive_duration(const std::string& word);
/// The same, to a minute: no request of the kernel's is kept for longer.
ReadValue<Duration> read_timeout(const std::string& word);

/// The same, from 0, to a minute.
ReadValue<Duration> read_window(const std::string& word);

/// "lazy": false, "warm": true.
ReadValue<bool> read_warm(const std::string& word);

/// A name, or a number.
ReadValue<uid_t> read_user(const std::string& word);
ReadValue<gid_t> read_group(const std::string& word);

/// An octal mode of read bits alone.
ReadValue<mode_t> read_mode(const std::string& word);

ReadValue<std::optional<std::string>> read_role(const std::string& word);

/// "true" and "false", in any case.
ReadValue<bool> read_boolean(const std::string& word);

/// A region's id: "cn-hangzhou".
ReadValue<std::string> read_region(const std::string& word);

/// A directory that is there, or the default one.
ReadValue<std::string> read_template_directory(const std::string& word);

/// Names with a ',' or ':' between two (in `-o`, a comma ends the option), or "all", or "none".
/// Whether there are such files is not looked at. All of them are no list.
ReadValue<FileList> read_file_list(const std::string& word);

ReadValue<log::Level> read_log_level(const std::string& word);
/// The word that is read as that level.
const char* name_of(log::Level level);

}  // namespace ramrolefs
