// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/subjects.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/bench/served_elsewhere.h"
#include "tests/bench/tmpfs.h"
#include "tests/e2e/mounted.h"

namespace ramrolefs::bench {
namespace {

constexpr const char* kFile = "AccessKeyId";
constexpr int kSlow = 4;

/// A file, and what keeps it there.
template <typename Keeper>
class File final : public Subject {
 public:
  File(std::string name, std::unique_ptr<Keeper> keeper, const std::string& file)
      : Subject(std::move(name)), keeper_(std::move(keeper)), path_(*keeper_ / file) {}

  Slice measure(int readers, Seconds length) const override {
    return read_by_threads(readers, length, [this] { return read_whole(path_.c_str()); });
  }

 private:
  std::unique_ptr<Keeper> keeper_;
  std::string path_;
};

template <typename Keeper>
std::unique_ptr<Subject> file(const char* name, std::unique_ptr<Keeper> keeper, const char* path) {
  return std::make_unique<File<Keeper>>(name, std::move(keeper), path);
}

/// What a script does that knows the role's name: a token, then the credential, a curl each.
class Curl final : public Subject {
 public:
  explicit Curl(const std::string& url) : Subject("`curl`, twice"), script_(script(url)) {}

  Slice measure(int readers, Seconds length) const override {
    return read_by_threads(readers, length, [this] {
      const e2e::Finished finished = e2e::run({"sh", "-c", script_});
      return finished.status == 0 && finished.out.find(kFile) != std::string::npos;
    });
  }

  int patience() const override { return kSlow; }

 private:
  static std::string script(const std::string& url) {
    const std::string curl = "curl -qsSf --noproxy '*' --max-time 10 ";
    return "token=$(" + curl + "-X PUT -H 'X-aliyun-ecs-metadata-token-ttl-seconds: 21600' " + url +
           "/latest/api/token) && " + curl + "-H \"X-aliyun-ecs-metadata-token: $token\" " + url +
           "/latest/meta-data/ram/security-credentials/emulated-role";
  }

  std::string script_;
};

/// The official SDK, in one process of node for all readers; see sdk.js.
class Sdk final : public Subject {
 public:
  explicit Sdk(const std::string& modules) : Subject("SDK in node"), modules_(modules) {}

  Slice measure(int readers, Seconds length) const override {
    // An empty environment: variables of the SDK's own, and proxies, would change what it does.
    const e2e::Finished finished =
        e2e::run({"env", "-i", std::string("PATH=") + getenv("PATH"), "NODE_PATH=" + modules_,
                  "node", RAMROLEFS_BENCH "/sdk.js", std::to_string(readers),
                  std::to_string(static_cast<int>(length.count() * 1000))});
    Slice slice;
    std::istringstream words(finished.out);
    double value = 0;
    if (words >> value) slice.length = Seconds(value);
    while (words >> value) slice.times.emplace_back(value);
    slice.failed = finished.status != 0 || slice.times.empty();
    if (slice.failed) std::fprintf(stderr, "%s", finished.err.c_str());
    return slice;
  }

  int patience() const override { return kSlow; }

 private:
  std::string modules_;
};

std::unique_ptr<e2e::Mounted> mounted(const e2e::Emulator& emulator,
                                      std::vector<std::string> options) {
  options.emplace_back("--log-level=info");
  auto mount = std::make_unique<e2e::Mounted>(emulator, options);
  mount->read(kFile);
  return mount;
}

bool is_there(const std::string& path, const char* what) {
  if (access(path.c_str(), R_OK) == 0) return true;
  std::fprintf(stderr, "left out: %s, there is no %s\n", what, path.c_str());
  return false;
}

using Subjects = std::vector<std::unique_ptr<Subject>>;

void add_served(Subjects& all, const char* name, const std::vector<std::string>& program,
                const char* path) {
  if (!is_there(program.front(), name)) return;
  try {
    all.push_back(file(name, std::make_unique<ServedElsewhere>(program, path), path));
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "left out: %s, %s\n", name, error.what());
  }
}

}  // namespace

std::vector<std::unique_ptr<Subject>> make_subjects(const e2e::Emulator& emulator,
                                                    const std::string& tools) {
  Subjects all;
  auto warm = mounted(emulator, {"--refresh-before=0", "--max-age=86400"});
  auto tmpfs = std::make_unique<Tmpfs>(kFile, warm->read(kFile).text);
  all.push_back(file("tmpfs", std::move(tmpfs), kFile));
  all.push_back(file("ramrolefs, warm", std::move(warm), kFile));
  // Half a minute from one flight to the next, all of it less than a minute before a due moment.
  auto window = mounted(emulator, {"--max-age=30", "--read-window=60"});
  all.push_back(file("ramrolefs, in a read window", std::move(window), kFile));
  add_served(all, "libfuse's hello_ll", {tools + "/hello_ll", "-f"}, "hello");
  add_served(all, "lxcfs, /proc/uptime", {tools + "/lxcfs"}, "proc/uptime");
  all.push_back(std::make_unique<Curl>(emulator.url()));
  if (const auto modules = tools + "/sdk/node_modules"; is_there(modules, "the SDK")) {
    all.push_back(std::make_unique<Sdk>(modules));
  }
  return all;
}

}  // namespace ramrolefs::bench
