// SPDX-License-Identifier: Apache-2.0
// Requests as no kernel makes them, in any order, while time passes, credentials come and fail to,
// and rotations are announced: through libfuse, into a Filesystem. make_requests has the form of an
// input.
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/log.h"
#include "fusefs/filesystem.h"
#include "fusefs/fuse_operations.h"
#include "fusefs/parking.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/raw_request.h"
#include "tests/fuzz/replies.h"
#include "tests/unit/fake_clock.h"
#include "tests/unit/scene.h"

namespace ramrolefs::fuzz {
namespace {

constexpr uid_t kOwner = 1000;
constexpr std::array<uid_t, 4> kUsers{kOwner, 1001, 0, UINT32_MAX};
// Beyond what a kernel gives out (PID_MAX_LIMIT): /proc says nothing of them.
constexpr pid_t kStranger = 0x7fff'0000;
constexpr pid_t kAnnouncer = 0x7fff'0001;
constexpr std::array<Duration, 8> kUnits{
    std::chrono::milliseconds(1), std::chrono::milliseconds(20), std::chrono::milliseconds(500),
    std::chrono::seconds(1),      std::chrono::seconds(10),      std::chrono::minutes(1),
    std::chrono::minutes(10),     std::chrono::hours(24)};

Filesystem::Options options_of(std::uint8_t bits) {
  Filesystem::Options options;
  constexpr std::array<mode_t, 4> kModes{0400, 0440, 0444, 0040};
  options.root.access = {kOwner, kOwner, kModes[bits & 3U]};
  options.root.newline = (bits & 4U) != 0;
  options.warm = (bits & 8U) != 0;
  if ((bits & 16U) != 0) options.read_window = Duration::zero();
  return options;
}

/// Any day that an Expiration can name: from the year 1000 to 9999.
std::chrono::sys_seconds any_day(std::uint16_t number) {
  constexpr std::chrono::sys_days kFirst = std::chrono::year(1000) / 1 / 1;
  return kFirst + std::chrono::days(number * 50);
}

/// Of that number: some share their role, some the sizes of their values.
Credential credential(std::uint8_t number, std::chrono::sys_seconds expiration,
                      std::chrono::sys_seconds updated) {
  const std::string n = std::string(number % 16U, 'x') + std::to_string(number);
  const Secret secret(std::string(kSecretMark) + n);
  return {"role-" + std::to_string(number % 2U), secret, secret, secret, expiration, updated};
}

/// libfuse's session, the Filesystem behind it, and what a Server does for both.
class Session : private Served {
 public:
  explicit Session(std::string_view bytes);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void run();

 private:
  void connect();
  void begin_with_a_credential();
  void step();
  void send_request();
  void interrupt();
  void announce();
  void land();
  void process(RawRequest request);
  void look_after();
  fuse_in_header header_of(std::uint32_t opcode, std::uint8_t who, std::uint64_t inode);
  Duration take_duration();

  static ssize_t take_reply(int, iovec* parts, int count, void* self);

  Input input_;
  unit::FakeClock clock_;
  bool flying_ = false;
  bool announced_ever_ = false;
  Parking parked_;
  SteadyTime parked_since_;  // the first of those
  unit::MountMemory memory_;
  Filesystem files_;
  Replies replies_;
  fuse_session* session_;
  std::uint64_t next_unique_ = 2;
};

Session::Session(std::string_view bytes)
    : Served{files_, parked_, [] {}},
      input_(bytes),
      files_(options_of(input_.byte()), clock_, memory_.generations, memory_.counter,
             [this] {
               check(!flying_, "one flight is under way at most");
               flying_ = true;
             }),
      session_(nullptr) {
  std::string program = "ramrolefs";
  std::array<char*, 1> words{program.data()};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  session_ = fuse_session_new(&arguments, &kFuseOperations, sizeof kFuseOperations,
                              static_cast<Served*>(this));
  fuse_opt_free_args(&arguments);
  const fuse_custom_io io{take_reply, [](int, void*, std::size_t, void*) { return ssize_t{-1}; },
                          nullptr, nullptr};
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);  // the session closes it
  check(session_ != nullptr && fuse_session_custom_io(session_, &io, nowhere) == 0,
        "there is a session");
}

/// Ends as a Server does, and looks whether anybody was forgotten.
Session::~Session() {
  parked_.take_if([](const auto& reader) {
    fuse_reply_err(reader.request, ECANCELED);
    return true;
  });
  check(replies_.outstanding() == 0, "nobody waits when all is over");
  // libfuse keeps an INTERRUPT that came too late until the next request.
  while (replies_.any_interrupts()) process({header_of(FUSE_STATFS, 0, 1), {}});
  fuse_session_destroy(session_);
}

ssize_t Session::take_reply(int, iovec* parts, int count, void* self) {
  static_cast<Session*>(static_cast<Served*>(self))->replies_.take(parts, count);
  ssize_t size = 0;
  for (int i = 0; i < count; ++i) size += static_cast<ssize_t>(parts[i].iov_len);
  return size;
}

void Session::connect() {
  fuse_init_in init{};
  init.major = FUSE_KERNEL_VERSION;
  init.minor = FUSE_KERNEL_MINOR_VERSION;
  init.max_readahead = 128 * 1024;
  init.flags = FUSE_ASYNC_READ | FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS |
               FUSE_READDIRPLUS_AUTO | FUSE_ATOMIC_O_TRUNC | FUSE_NO_OPEN_SUPPORT |
               FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES | FUSE_NO_OPENDIR_SUPPORT;
  process({header_of(FUSE_INIT, 0, 0), {reinterpret_cast<const char*>(&init), sizeof init}});
}

/// The state in which a mount mostly is.
void Session::begin_with_a_credential() {
  (void)files_.ask_for_refresh({kStranger, kOwner, kOwner});
  check(std::exchange(flying_, false), "with nothing in hand, a flight starts at once");
  constexpr auto kLife = std::chrono::hours(6);
  const SteadyTime now = clock_.steady();
  files_.landed(Fetched{credential(0, unit::kStartOfWall + kLife, unit::kStartOfWall), now,
                        now + kLife, std::nullopt});
}

void Session::run() {
  connect();
  if (input_.byte() % 4 != 0) begin_with_a_credential();
  constexpr int kMostSteps = 200;  // so that no input takes long
  for (int i = 0; i < kMostSteps && !input_.empty(); ++i) {
    step();
    look_after();
  }
}

void Session::step() {
  switch (input_.byte() % 8) {
    case 3:
      return clock_.advance(take_duration());
    case 4:
      return land();
    case 5:
      return announce();
    case 6:
      return interrupt();
    default:
      return send_request();
  }
}

Duration Session::take_duration() {
  const Duration unit = kUnits[input_.byte() % kUnits.size()];
  return unit * input_.byte();
}

fuse_in_header Session::header_of(std::uint32_t opcode, std::uint8_t who, std::uint64_t inode) {
  // Two of them exist, and are kin.
  const std::array<pid_t, 5> threads{getpid(), getppid(), 0, kStranger, kAnnouncer};
  fuse_in_header header{};
  header.opcode = opcode;
  // The kernel counts in twos; an INTERRUPT has its request's number plus one (fs/fuse/dev.c).
  header.unique = next_unique_;
  next_unique_ += 2;
  header.nodeid = inode;
  header.uid = header.gid = kUsers[who % 4U];
  header.pid = static_cast<std::uint32_t>(threads[(who / 4U) % threads.size()]);
  return header;
}

void Session::send_request() {
  const std::uint32_t opcode = input_.number();
  const std::uint8_t who = input_.byte();
  const std::uint64_t inode = input_.number() | std::uint64_t{input_.byte()} << 56U;
  const auto arguments = input_.take(input_.byte());
  // Sent by the kernel as an answer to what we never ask, and answered by nobody.
  if (opcode == FUSE_NOTIFY_REPLY) return;
  if (opcode == FUSE_INTERRUPT) return;  // interrupt()
  process({header_of(opcode, who, inode), arguments});
}

/// Of any request that was sent, once, also of one that has its reply by now (a race that there
/// is).
void Session::interrupt() {
  fuse_interrupt_in target{};
  target.unique = 2 + 2 * (input_.number() % (next_unique_ / 2 - 1));
  if (replies_.is_interrupted(target.unique)) return;
  fuse_in_header header = header_of(FUSE_INTERRUPT, 0, 0);
  header.unique = target.unique | 1U;
  process({header, {reinterpret_cast<const char*>(&target), sizeof target}});
  check(!replies_.is_outstanding(target.unique), "a signal ends a wait");
}

void Session::announce() {
  const std::uint8_t what = input_.byte();
  if (!announced_ever_) files_.announcer_begins(kAnnouncer);
  announced_ever_ = true;
  for (const Rename& rename : files_.to_announce()) {
    const fuse_rename_in parent{FUSE_ROOT_ID};
    std::string arguments(reinterpret_cast<const char*>(&parent), sizeof parent);
    arguments.append(rename.from).append(1, '\0').append(rename.to);
    fuse_in_header header = header_of(FUSE_RENAME, 0, FUSE_ROOT_ID);
    header.pid = kAnnouncer;
    if (what % 4 != 0) process({header, arguments});
    files_.announced(rename.generation, rename.seat);
  }
  if (what == 255) files_.announcer_ended();
}

/// The flight under way brings something.
void Session::land() {
  const std::uint8_t what = input_.byte();
  const Duration life = std::max<Duration>(take_duration(), std::chrono::seconds(1));
  const auto expiration = any_day(input_.number());
  const auto updated = any_day(input_.number());
  if (!std::exchange(flying_, false)) return;
  if (what >= 0xf0) {
    const auto cause = static_cast<Cause>(what % (static_cast<int>(Cause::local) + 1));
    files_.landed(tl::unexpected(Failure{cause, "by the fuzzer"}));
  } else {
    const SteadyTime now = clock_.steady();
    files_.landed(Fetched{credential(what, expiration, updated), now, now + life, std::nullopt});
  }
  parked_.take_if([&](const auto& reader) { return answer_parked(files_, reader); });
}

void Session::process(RawRequest request) {
  const bool none_parked = parked_.empty();
  replies_.expect(request);
  fuse_buf buffer{};
  buffer.size = request.bytes().size();
  buffer.mem = request.bytes().data();
  fuse_session_process_buf(session_, &buffer);
  for (const auto& reader : parked_.take_interrupted()) {
    fuse_reply_err(reader.request, static_cast<int>(files_.interrupted(reader.caller)));
  }
  if (none_parked) parked_since_ = clock_.steady();
  check(replies_.outstanding() == parked_.size(), "who has no reply is parked");
}

/// What the Server's timer does.
void Session::look_after() {
  for (int rounds = 0;; ++rounds) {
    if (parked_.empty()) files_.nobody_parked();
    const auto at = files_.wake_at(!parked_.empty());
    if (!at || *at > clock_.steady()) break;
    check(rounds < 4, "the loop does not spin");
    files_.tick();
    parked_.take_if([&](const auto& reader) { return answer_parked(files_, reader); });
  }
  check(parked_.empty() || clock_.steady() - parked_since_ <= Refresh::Policy().timeout,
        "nobody waits for longer than the timeout");
}

}  // namespace
}  // namespace ramrolefs::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  ramrolefs::log::start(ramrolefs::log::Sink::standard_error, ramrolefs::log::Level::off);
  return 0;
}

// NOLINTNEXTLINE(readability-identifier-naming): that of libFuzzer
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ramrolefs::fuzz::Session({reinterpret_cast<const char*>(data), size}).run();
  return 0;
}
