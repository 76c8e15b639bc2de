// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <utility>

namespace ramrolefs {

/// An open file descriptor with one owner, closed at its end.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  bool valid() const { return number_ >= 0; }
  int get() const { return number_; }
  /// Gives it up without closing it.
  int release() { return std::exchange(number_, -1); }

  void close() {
    if (valid()) ::close(release());
  }

 private:
  int number_ = -1;
};

}  // namespace ramrolefs
