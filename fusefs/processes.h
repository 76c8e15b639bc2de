// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <string_view>

#include "fusefs/file_descriptor.h"

namespace ramrolefs {

// How the monitor's processes begin. All of this is libc and the kernel: the monitor itself calls
// it.

/// By this name as its first word, the program knows that it is a worker.
inline constexpr std::string_view kWorkerName = "ramrolefs: worker";

/// Where a worker takes its options from: those in force, or what the command line and the
/// configuration say by now. It is told by a word of its command line.
enum class Origin { in_force, anew };
inline constexpr std::array<std::string_view, 2> kOriginWords{"in-force", "anew"};

// The descriptors that a worker finds, by number.
inline constexpr int kDevice = 3;   // of FUSE
inline constexpr int kMemory = 4;   // the shared memory
inline constexpr int kControl = 5;  // messages of one byte, from and to the monitor
inline constexpr int kOrders = 6;   // to the announcer
inline constexpr int kEndOfDescriptors = 7;

/// What is said over kControl.
enum class ControlWord : char {
  ready = 'R',   // the worker could begin
  go = 'G',      // the mount is its own
  serves = 'S',  // it has taken over, and has agreed with the kernel
  end = 'E',     // answer who waits, and end
};

/// Exit statuses of a worker.
inline constexpr int kFilesystemGone = 0;
inline constexpr int kCantBegin = 1;
inline constexpr int kWrongOptions = 2;

/// Descriptors that the new process is to have, as kDevice and on; -1 for none.
using Descriptors = std::array<int, kEndOfDescriptors - kDevice>;

/// Two ends of a socket of messages; not valid where there is none to be had.
std::array<FileDescriptor, 2> connect_pair();

/// Says it to the other side, without waiting.
void say(const FileDescriptor& control, ControlWord word);

/// How a process has ended, by what waitpid(2) tells, for the log.
const char* how_it_ended(int status);

/// Starts a worker from the program file. Returns its process id, -1 if there is none to be had.
pid_t spawn_worker(int program, const char* directory, Origin origin,
                   const Descriptors& descriptors);

/// In a child of fork(2): gives it those descriptors, closes all others but the standard ones, and
/// lets it die with its parent.
void settle_child(const Descriptors& descriptors, pid_t parent);

}  // namespace ramrolefs
