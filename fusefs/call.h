// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fusefs/options.h"

namespace ramrolefs {

/// How the program was called, and the options that came of it. As an image it is what one worker
/// leaves to the next: one that takes over goes on with the options in force, whatever the
/// configuration file says by then, or names of users stand for.
///
/// Threads   one at a time.
class Call {
 public:
  /// Remembers the working directory, from which relative paths count.
  Call(int count, const char* const* words, Options options);

  /// CBOR, in which another version finds what it knows by name. Nothing where it is none.
  static std::optional<Call> from_image(std::span<const std::byte> image);
  std::vector<std::byte> image() const;

  /// Reads the options anew, from the same words and the files of now. The error is a sentence for
  /// people, empty where there is none; with one, nothing has changed. What the mount itself
  /// depends on must not have changed.
  std::string read_anew();

  const Options& options() const { return options_; }

  /// Of the metadata service's host, where that is a name: looked up when the options are read, as
  /// a worker has no resolver. The error is as above.
  std::string look_up();
  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  Call() = default;

  std::vector<std::string> words_;
  std::string directory_;
  Options options_;
  std::vector<std::string> addresses_;
};

}  // namespace ramrolefs
